// A real host for integration tests: the engine in the environment, an own HAProxy, an image of the small service.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proxySection } from '@headgate/kit/haproxy-section';

const fixtures = new URL('./fixtures/', import.meta.url).pathname;

/** Where HAProxy is looked for: Debian puts it where only root's PATH leads. */
export const searchPath = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

/** Null when everything is there, else what is missing. */
export function missingTool(): string | null {
  if (spawnSync('haproxy', ['-v'], { env: searchPath }).status !== 0)
    return 'no haproxy (apt-get install haproxy)';
  return missingEngine();
}

/** The same of tests without a proxy. */
export function missingEngine(): string | null {
  try {
    execFileSync('docker', ['image', 'inspect', 'local/node:24-slim'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no Docker engine with the image local/node:24-slim answers';
  }
}

export function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Ids of the containers of an application's tests, running or not; '' when there are none. */
export function testContainers(application: string): string {
  const labels = ['io.headgate.test', `com.docker.compose.project=${application}`];
  return docker('ps', '-aq', ...labels.flatMap((label) => ['--filter', `label=${label}`]));
}

/** The same of its tasks. */
export function taskContainers(application: string): string {
  const labels = ['io.headgate.task', `com.docker.compose.project=${application}`];
  return docker('ps', '-aq', ...labels.flatMap((label) => ['--filter', `label=${label}`]));
}

export interface BuiltImage {
  readonly reference: string;
  readonly digest: string;
}

/** Builds the service; different builds have different digests. */
export function buildImage(build: string): BuiltImage {
  const tag = `headgate-test/app:${build}`;
  docker('build', '-q', '--build-arg', `BUILD=${build}`, '-t', tag, join(fixtures, 'app'));
  const digest = docker('image', 'inspect', tag, '--format', '{{index .RepoDigests 0}}').replace(/^.*@/, '');
  return { reference: `headgate-test/app@${digest}`, digest };
}

export interface TestHost {
  readonly folder: string;
  readonly application: string;
  readonly proxySocket: string;
  /** Where clients ask. */
  readonly url: string;
  writeCompose(environment: Readonly<Record<string, string>>, more?: readonly string[]): void;
  /** Loads the proxy's configuration anew; returns when the former process has ended. */
  reload(): Promise<void>;
  /** Names of locks and journals. What a writer left aside that was killed is none: it is swept away after minutes. */
  leases(): readonly string[];
  containers(): readonly { readonly name: string; readonly state: string; readonly revision: string }[];
  /** Ids of its containers, whether they run, and whether the engine may start them again. */
  instances(): readonly string[];
  close(): void;
}

export interface HostSetting {
  /** Address of another engine than the environment's. */
  readonly engine?: string;
  /** A command that starts the proxy, say in the engine's own network. */
  readonly through?: readonly string[];
}

export async function startHost(
  application: string,
  slots = 6,
  { engine = '', through = [] }: HostSetting = {},
): Promise<TestHost> {
  const ask = (...args: string[]): string => docker(...(engine === '' ? [] : ['-H', engine]), ...args);
  const own = ['--filter', `label=io.headgate.application=${application}`];
  const ids = (): readonly string[] =>
    ask('ps', '-aq', ...own)
      .split('\n')
      .filter((line) => line !== '');
  const removeContainers = (): void => {
    const all = ids();
    // The engine removes them side by side.
    if (all.length > 0) ask('rm', '-f', ...all);
  };
  // Those of a run that was killed come up again with their engine.
  removeContainers();
  const folder = mkdtempSync(join(tmpdir(), 'headgate-host-'));
  mkdirSync(join(folder, 'workspace'));
  const proxySocket = join(folder, 'proxy.sock');
  const port = await freePort();
  const files = [join(folder, 'haproxy.cfg'), join(folder, 'headgate.cfg')];
  const map = join(folder, 'ab.map');
  writeFileSync(map, '');
  writeFileSync(files[0] ?? '', baseConfiguration);
  const service = { backend: 'web', listen: `127.0.0.1:${port}`, slots, healthPath: '/health' };
  const variant = { by: 'header', name: 'X-Variant', map } as const;
  const services = [{ ...service, checkInterval: 500, variant }];
  writeFileSync(files[1] ?? '', proxySection({ socket: proxySocket, stateDirectory: folder, services }));
  const load = (...more: string[]): ChildProcess => {
    const line = [...through, 'haproxy', '-db', ...files.flatMap((file) => ['-f', file]), ...more];
    return spawn(line[0] ?? '', line.slice(1), { env: searchPath, stdio: 'ignore' });
  };
  let proxy = load();
  await until(() => existsSync(proxySocket));
  return {
    folder,
    application,
    proxySocket,
    url: `http://127.0.0.1:${port}/`,
    writeCompose: (environment, more = []) => {
      const lines = Object.entries(environment).map(
        ([name, value]) => `      ${name}: ${JSON.stringify(value)}`,
      );
      const text = ['services:', '  web:', '    image: app', ...more, '    environment:', ...lines, ''].join(
        '\n',
      );
      writeFileSync(join(folder, 'workspace', 'compose.yaml'), text);
    },
    leases: () => {
      const locks = join(folder, 'locks');
      return existsSync(locks) ? readdirSync(locks).filter((name) => /\.(lock|journal)$/.test(name)) : [];
    },
    containers: () =>
      ask('ps', '-a', ...own, '--format', '{{json .}}')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { Names: string; State: string; Labels: string })
        .map(({ Names, State, Labels }) => {
          return {
            name: Names,
            state: State,
            revision: /io\.headgate\.revision=([0-9a-f]+)/.exec(Labels)?.[1] ?? '',
          };
        }),
    instances: () => {
      const all = ids();
      if (all.length === 0) return [];
      return ask(
        'inspect',
        '--format',
        '{{.Id}} {{.State.Running}} {{.HostConfig.RestartPolicy.Name}}',
        ...all,
      )
        .split('\n')
        .toSorted();
    },
    reload: async () => {
      const former = proxy;
      const ended = new Promise<void>((resolve) => former.once('exit', () => resolve()));
      proxy = load('-x', proxySocket, '-sf', String(former.pid));
      await ended;
    },
    close: () => {
      removeContainers();
      proxy.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As somebody else has set the proxy up: what is ours stands in a file of its own beside it. */
const baseConfiguration = `global
  maxconn 2000
defaults
  mode tcp
  timeout connect 1s
  timeout client 1s
  timeout server 1s
`;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); ) {
    if (Date.now() > deadline) throw new Error('waited 10 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
