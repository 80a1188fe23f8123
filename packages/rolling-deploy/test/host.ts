// A real host for integration tests: the engine in the environment, an own HAProxy, an image of the small service, load.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node24 } from '@headgate/kit/testing/action';

const fixtures = new URL('./fixtures/', import.meta.url).pathname;

/** Null when everything is there, else what is missing. */
export function missingTool(): string | null {
  if (!existsSync('/usr/sbin/haproxy')) return 'no /usr/sbin/haproxy (apt-get install haproxy)';
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
  containers(): readonly { readonly name: string; readonly state: string; readonly revision: string }[];
  close(): void;
}

export async function startHost(application: string, slots = 6): Promise<TestHost> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-host-'));
  mkdirSync(join(folder, 'workspace'));
  const proxySocket = join(folder, 'proxy.sock');
  const port = await freePort();
  const configuration = join(folder, 'haproxy.cfg');
  writeFileSync(configuration, haproxyConfiguration({ proxySocket, port, slots }));
  const proxy = spawn('/usr/sbin/haproxy', ['-db', '-f', configuration], { stdio: 'ignore' });
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
    containers: () =>
      docker('ps', '-a', '--filter', `label=io.headgate.application=${application}`, '--format', '{{json .}}')
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
    close: () => {
      const ids = docker('ps', '-aq', '--filter', `label=io.headgate.application=${application}`);
      for (const id of ids.split('\n').filter((line) => line !== '')) docker('rm', '-f', id);
      proxy.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function haproxyConfiguration(o: { proxySocket: string; port: number; slots: number }): string {
  return `global
  stats socket ${o.proxySocket} level admin
  maxconn 1000
defaults
  mode http
  option redispatch
  retries 3
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
frontend web
  bind 127.0.0.1:${o.port}
  default_backend web
backend web
  balance roundrobin
  option httpchk GET /health
  default-server inter 500ms fall 3 rise 1
  server-template web ${o.slots} 127.0.0.1:9 check disabled
`;
}

export interface LoadReport {
  readonly requests: number;
  readonly failed: number;
  readonly failures: readonly string[];
  readonly versions: Readonly<Record<string, number>>;
}

export interface Load {
  stop(): Promise<LoadReport>;
}

const loads = new Set<ChildProcess>();

/** A failed test leaves its load running: nothing may outlive the tests. */
export function killLoads(): void {
  for (const child of loads) child.kill('SIGKILL');
}

export async function startLoad(url: string, rate: number): Promise<Load> {
  const child: ChildProcess = spawn(node24(), [join(fixtures, 'load.mjs'), url, String(rate)]);
  loads.add(child);
  child.once('close', () => loads.delete(child));
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve) => child.stderr?.once('data', () => resolve()));
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      return JSON.parse(output) as LoadReport;
    },
  };
}

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
