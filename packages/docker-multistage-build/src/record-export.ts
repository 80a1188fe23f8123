// A build record taken out of the builder's history, and looked through before it may become an artifact.
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownSecret } from '@headgate/image/secret-patterns';
import type { Deps } from '@headgate/kit/deps';
import type { BuildReference } from './build-references.js';
import { type Builder, isAtLeast } from './builder.js';
import type { Inputs } from './inputs.js';
import { knownSecrets } from './known-secrets.js';
import { secretsInRecord } from './record-search.js';
import type { WrittenSecrets } from './secret-files.js';

/** The first that waits until the builder has finished a record before it exports it. */
const oldestBuildx = [0, 24, 0] as const;
const exportTimeoutMs = 60_000;

/** A record, or why there is none and what to do about it. */
export type BuildRecord =
  | { readonly kind: 'kept'; readonly path: string; readonly builds: number }
  | { readonly kind: 'none'; readonly reason: string; readonly cure: string };

export interface RecordTools {
  readonly inputs: Pick<Inputs, 'leg' | 'options' | 'githubToken' | 'buildSecrets'>;
  readonly deps: Pick<Deps, 'run' | 'env' | 'signal' | 'temporary'>;
  readonly secrets: WrittenSecrets;
  readonly builder: Builder;
}

/** One file with all builds that are named. */
export async function exportRecord(
  references: readonly BuildReference[],
  leg: RecordTools,
): Promise<BuildRecord> {
  const { inputs, deps, builder } = leg;
  if (!isAtLeast(builder.buildxVersion, oldestBuildx)) {
    const reason = `buildx ${oldestBuildx.join('.')} or newer is needed for it, ${builder.buildxVersion} was found`;
    return none(reason, 'Update docker-buildx (docker/setup-buildx-action does it).');
  }
  const [first] = references;
  if (first === undefined)
    return none(
      'buildx has left no reference to the builds of this step',
      'Let BUILDX_CONFIG, DOCKER_CONFIG or HOME name a folder that buildx can write.',
    );
  const folder = deps.env['RUNNER_TEMP'] || deps.temporary;
  const path = join(folder, `headgate-build-${inputs.leg.replace(/[^A-Za-z0-9._-]/g, '-')}.dockerbuild`);
  const args = ['buildx', 'history', 'export', `--builder=${part(first, 0)}`, '--finalize'];
  const ids = references.map((reference) => part(reference, 2));
  const answer = await deps.run(
    { file: 'docker', args: [...args, `--output=${path}`, ...ids] },
    { signal: deps.signal, timeoutMs: exportTimeoutMs },
  );
  if (answer.code !== 0) {
    const said = answer.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    return none(
      `docker buildx history export says ${said || `nothing and ends with ${answer.code}`}`,
      'Use a builder that keeps a history (BuildKit 0.11 or newer; docker/setup-buildx-action makes one).',
    );
  }
  return await examined(path, references.length, leg);
}

/** Nothing that holds a secret may become an artifact. */
async function examined(path: string, builds: number, leg: RecordTools): Promise<BuildRecord> {
  let found: readonly string[] | null = null;
  try {
    await chmod(path, 0o600);
    found = await secretsInRecord(path, secretsOf(leg));
  } finally {
    if (found?.length !== 0) await rm(path, { force: true });
  }
  if (found.length === 0) return { kind: 'kept', path, builds };
  const secrets = `${found.length === 1 ? 'the secret' : 'the secrets'} ${found.join(', ')}`;
  return none(
    `it would hold ${secrets}, and was removed`,
    'Keep the value out of build arguments and of what RUN prints.',
  );
}

/** Those that an image is searched for, and the tokens of the step itself. */
function secretsOf({ inputs, secrets }: RecordTools): readonly KnownSecret[] {
  const tokens = {
    'github-token': inputs.githubToken,
    ACTIONS_RUNTIME_TOKEN: inputs.options.cacheEnv['ACTIONS_RUNTIME_TOKEN'],
  };
  const own = Object.entries(tokens).map(([name, value]) => ({ name, value: value ?? '' }));
  return [...knownSecrets(inputs.buildSecrets, secrets), ...own];
}

function none(reason: string, cure: string): BuildRecord {
  return { kind: 'none', reason, cure };
}

function part(reference: BuildReference, index: number): string {
  return reference.split('/')[index] ?? '';
}
