// Stream against manifest: both must tell of the same artifacts of this very run, builder by builder.
import { failure } from './failures.js';
import type { Manifest, ManifestBuild } from './manifest.js';
import type { StreamArtifact } from './stream.js';

export interface BuiltArtifact {
  /** As packer names it: `type.name`, with the build block's name before it where there is one. */
  readonly builder: string;
  readonly type: string;
  readonly builderId: string;
  readonly artifactId: string;
  readonly files: readonly string[];
}

export interface Accounts {
  readonly stream: ReadonlyMap<string, readonly StreamArtifact[]>;
  /** Builders that packer said it has finished. */
  readonly ended: ReadonlySet<string>;
  readonly manifest: Manifest;
  /** Runs that were in the manifest before. */
  readonly earlier: ReadonlySet<string>;
  /** Builders that must be there; empty: those that ended. */
  readonly expected: readonly string[];
}

/**
 * The artifacts both accounts agree on, sorted by builder.
 * @throws {ActionError} `manifest-mismatch` or `builders-missing`, naming the builders.
 */
export function reconcile(accounts: Accounts): readonly BuiltArtifact[] {
  const { stream, manifest, earlier } = accounts;
  const run = manifest.lastRun;
  if (run === '' || earlier.has(run)) throw mismatch('it holds no entry of this run');
  const builds = manifest.builds.filter((build) => build.run === run);
  const claimed = new Set<ManifestBuild>();
  const agreed = [...stream].flatMap(([target, artifacts]) => {
    const own = builds.filter((build) => isOf(build, target));
    const found = own.flatMap((build) => {
      const artifact = artifacts.find((each) => isSame(build, each));
      if (artifact === undefined) return [];
      claimed.add(build);
      return [{ builder: target, type: build.type, builderId: artifact.builderId, ...contentOf(build) }];
    });
    if (artifacts.length > 0 && found.length === 0)
      throw mismatch(`${target} made something that it does not list`);
    return found;
  });
  const alone = builds.filter((build) => !claimed.has(build)).map(({ type, name }) => `${type}.${name}`);
  if (alone.length > 0) throw mismatch(`it lists what packer did not report: ${alone.join(', ')}`);
  requireAll(accounts, new Set(agreed.map(({ builder }) => builder)));
  return unique(agreed).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** HCL2 targets are `[build.]type.name`; JSON templates' are the builder's name alone. */
function isOf({ type, name }: ManifestBuild, target: string): boolean {
  return target === name || target === `${type}.${name}` || target.endsWith(`.${type}.${name}`);
}

function isSame(build: ManifestBuild, artifact: StreamArtifact): boolean {
  return build.artifactId === artifact.id && sorted(build.files) === sorted(artifact.files);
}

function contentOf({ artifactId, files }: ManifestBuild): Pick<BuiltArtifact, 'artifactId' | 'files'> {
  return { artifactId, files };
}

function requireAll({ expected, ended }: Accounts, made: ReadonlySet<string>): void {
  const known = [...made];
  const wanted = expected.length > 0 ? expected : [...ended];
  const missing = wanted.filter((name) => !known.some((each) => each === name || each.endsWith(`.${name}`)));
  if (missing.length === 0) return;
  throw failure(
    'builders-missing',
    `an artifact of every builder was expected; there is none of ${missing.join(', ')}`,
    'See what the builder printed; correct `builders`, `only` or `except` if it was not meant to run.',
  );
}

function unique(artifacts: readonly BuiltArtifact[]): BuiltArtifact[] {
  return [...new Map(artifacts.map((artifact) => [nameOf(artifact), artifact])).values()];
}

function nameOf({ builder, artifactId, files }: BuiltArtifact): string {
  return JSON.stringify([builder, artifactId, files]);
}

function sorted(files: readonly string[]): string {
  return JSON.stringify([...files].sort((a, b) => (a < b ? -1 : 1)));
}

function mismatch(problem: string): Error {
  return failure(
    'manifest-mismatch',
    `the manifest and packer's own report were expected to agree; ${problem}`,
    'Give every build block a manifest post-processor with this output, and set parallel-builds: 1 if packer lost an entry.',
  );
}
