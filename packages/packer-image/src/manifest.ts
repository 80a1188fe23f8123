// The manifest post-processor's file: it grows with every run, so only the entries of the last one count.
import { failure } from './failures.js';

export interface ManifestBuild {
  /** The source's name, without type and without the build block's name. */
  readonly name: string;
  readonly type: string;
  readonly artifactId: string;
  readonly files: readonly string[];
  readonly run: string;
}

export interface Manifest {
  readonly lastRun: string;
  readonly builds: readonly ManifestBuild[];
}

const largest = 16 * 1024 * 1024;

/** @throws {ActionError} `manifest-unreadable` when it is not what packer writes. */
export function parseManifest(text: string, shown: string): Manifest {
  try {
    if (text.length > largest) throw new Error(`it is larger than ${largest} bytes`);
    const document = mapping(JSON.parse(text));
    const builds = document.get('builds');
    if (!Array.isArray(builds)) throw new Error('it has no list of builds');
    return { lastRun: textOf(document.get('last_run_uuid')), builds: builds.map(buildOf) };
  } catch (cause) {
    throw failure(
      'manifest-unreadable',
      `manifest: ${shown} is not what packer's manifest post-processor writes: ${(cause as Error).message}`,
      'Remove the file, and see that only packer writes it.',
    );
  }
}

function buildOf(value: unknown): ManifestBuild {
  const build = mapping(value);
  const files: readonly unknown[] = Array.isArray(build.get('files'))
    ? (build.get('files') as unknown[])
    : [];
  return {
    name: textOf(build.get('name')),
    type: textOf(build.get('builder_type')),
    artifactId: textOf(build.get('artifact_id') ?? ''),
    files: files.map((file) => textOf(mapping(file).get('name'))),
    run: textOf(build.get('packer_run_uuid')),
  };
}

function mapping(value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('an object is missing');
  return new Map(Object.entries(value));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error('a text is missing');
}
