// What must answer before a build: a docker client, its server, a buildx that is new enough, a builder that exports layouts.
import type { Deps } from '@headgate/kit/deps';
import type { CommandResult } from '@headgate/kit/process';
import { failure } from './failures.js';

export interface Builder {
  readonly serverVersion: string;
  readonly buildxVersion: string;
  /** `docker`, `docker-container`, `kubernetes`, `remote`, `cloud`. */
  readonly driver: string;
}

type Version = readonly [number, number, number];
const oldestBuildx: Version = [0, 13, 0];
const questionTimeoutMs = 20_000;

/**
 * Asks docker and buildx who they are; changes nothing.
 * @throws ActionError `docker-missing`, `docker-unreachable`, `buildx-missing`, `buildx-too-old`, `builder-cannot-export`
 */
export async function findBuilder(
  deps: Pick<Deps, 'run' | 'env' | 'signal'>,
  builder = '',
): Promise<Builder> {
  const serverVersion = await findServer(deps);
  const buildxVersion = await findBuildx(deps);
  const driver = await findDriver(deps, builder);
  if (driver === 'docker') await checkImageStore(deps);
  return { serverVersion, buildxVersion, driver };
}

async function findServer(deps: Pick<Deps, 'run' | 'env' | 'signal'>): Promise<string> {
  const answer = await ask(deps, ['version', '--format', '{{json .Server.Version}}']).catch(
    (cause: unknown) => {
      deps.signal.throwIfAborted();
      throw failure(
        'docker-missing',
        'The command `docker` could not be started.',
        'Use a runner with Docker, or install the docker client with its buildx plugin.',
        cause,
      );
    },
  );
  const version = /^"([^"]+)"$/.exec(answer.stdout.trim())?.[1];
  if (answer.code !== 0 || version === undefined) {
    const host = deps.env['DOCKER_HOST'] ?? 'the default socket';
    throw failure(
      'docker-unreachable',
      `No Docker engine answers at ${host}: ${lastLine(answer.stderr)}`,
      'Start the engine, or set DOCKER_HOST to the one meant.',
    );
  }
  return version;
}

async function findBuildx(deps: Pick<Deps, 'run' | 'env' | 'signal'>): Promise<string> {
  const answer = await ask(deps, ['buildx', 'version']);
  const found = parseVersion(answer.stdout);
  if (answer.code !== 0 || found === null) {
    throw failure(
      'buildx-missing',
      'The docker client has no buildx plugin.',
      'Install docker-buildx 0.13 or newer (docker/setup-buildx-action does it).',
    );
  }
  const text = found.join('.');
  if (compare(found, oldestBuildx) < 0) {
    throw failure(
      'buildx-too-old',
      `buildx ${text} was found, ${oldestBuildx.join('.')} or newer is needed.`,
      'Update docker-buildx (docker/setup-buildx-action does it).',
    );
  }
  return text;
}

async function findDriver(deps: Pick<Deps, 'run' | 'env' | 'signal'>, builder: string): Promise<string> {
  const answer = await ask(deps, ['buildx', 'inspect', ...(builder === '' ? [] : [builder])]);
  const driver = /^Driver:\s*(\S+)/m.exec(answer.stdout)?.[1];
  if (answer.code !== 0 || driver === undefined) {
    throw failure(
      'docker-unreachable',
      `${builder === '' ? 'The current builder' : `The builder ${builder}`} cannot be inspected: ${lastLine(answer.stderr)}`,
      'Choose a working builder with `builder`, `docker buildx use` or BUILDX_BUILDER.',
    );
  }
  return driver;
}

/** The docker driver writes OCI layouts only when the engine keeps images in containerd. */
async function checkImageStore(deps: Pick<Deps, 'run' | 'env' | 'signal'>): Promise<void> {
  const answer = await ask(deps, ['info', '--format', '{{json .DriverStatus}}']);
  if (answer.code === 0 && answer.stdout.includes('io.containerd.snapshotter')) return;
  throw failure(
    'builder-cannot-export',
    'The builder uses the docker driver on an engine without the containerd image store, which cannot write an OCI layout.',
    'Turn the containerd image store on, or create a builder: docker buildx create --driver docker-container --use (docker/setup-buildx-action does it).',
  );
}

function ask(deps: Pick<Deps, 'run' | 'env' | 'signal'>, args: readonly string[]): Promise<CommandResult> {
  return deps.run({ file: 'docker', args }, { signal: deps.signal, timeoutMs: questionTimeoutMs });
}

/** The first `1.2.3` in a text, `v` in front or suffix behind allowed. */
export function parseVersion(text: string): Version | null {
  const found = /(?:^|\s)v?(\d+)\.(\d+)\.(\d+)/.exec(text);
  return found === null ? null : [Number(found[1]), Number(found[2]), Number(found[3])];
}

function compare(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
}

/** In words, for the log. */
export function describeBuilder({ buildxVersion, driver, serverVersion }: Builder): string {
  return `buildx ${buildxVersion} (${driver}) on engine ${serverVersion}`;
}

/** Whether a version as `parseVersion` reads it has reached another. */
export function isAtLeast(text: string, least: Version): boolean {
  const found = parseVersion(text);
  return found !== null && compare(found, least) >= 0;
}
