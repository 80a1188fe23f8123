// HAProxy on loopback: a frontend and a backend of empty slots for each service that a roll-out moves.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@headgate/kit/clock';
import { ActionError } from '@headgate/kit/errors';
import { type ProxiedService, type ProxySection, proxySection } from '@headgate/kit/haproxy-section';
import { acceptsConnections } from './connection.js';
import { freePorts } from './free-port.js';
import { PartError } from './part-error.js';
import { startServer } from './server-process.js';

/** One that a frontend of this part leads to. What its variant has for a map is a name: see `mapFile`. */
export type Backend = Omit<ProxiedService, 'listen'>;

/** Where the map called `name` lies, below the parts' folder. */
export function mapFile(directory: string, name: string): string {
  return join(directory, `${name}.map`);
}

export interface ProxyPart {
  /** The admin socket that roll-outs talk to. */
  readonly socket: string;
  /** Of the frontends, in the order of the backends. */
  readonly ports: readonly number[];
  /** Address of each backend's frontend: `http://127.0.0.1:PORT`. */
  urlOf(backend: string): string;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  readonly directory: string;
  /** Of its files there, `proxy` unless said. */
  readonly name?: string;
  readonly program: string;
  readonly backends: readonly Backend[];
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
  /** Of the frontends, in the order of the backends; free ones unless said. */
  readonly ports?: readonly number[];
}

/**
 * Starts HAProxy with every slot in maintenance.
 * @throws {PartError} `tool-missing`, `part-not-ready`
 */
export async function startProxy(options: ProxyOptions): Promise<ProxyPart> {
  await mkdir(options.directory, { recursive: true });
  const { name = 'proxy' } = options;
  const socket = join(options.directory, `${name}.sock`);
  const ports = options.ports ?? (await freePorts(options.backends.length));
  const frontends = new Map(options.backends.map(({ backend }, index) => [backend, ports[index] ?? 0]));
  const services = await Promise.all(
    options.backends.map(async (each, index) => ({
      ...(await withMap(each, options.directory)),
      listen: `127.0.0.1:${ports[index] ?? 0}`,
    })),
  );
  const stateDirectory = join(options.directory, `${name}-state`);
  await mkdir(stateDirectory, { recursive: true });
  const files = [`ha${name}.cfg`, `${name}-headgate.cfg`].map((file) => join(options.directory, file));
  await writeFile(files[0] ?? '', ownConfiguration);
  await writeFile(files[1] ?? '', proxyConfiguration({ socket, stateDirectory, services }));
  const server = await startServer(
    {
      name: 'HAProxy',
      file: options.program,
      args: ['-db', ...files.flatMap((file) => ['-f', file])],
      env: options.env,
      cwd: options.directory,
      logFile: join(options.directory, `ha${name}.log`),
      ready: () => acceptsConnections({ path: socket }),
      deadlineMs: 5_000,
    },
    options.clock,
  );
  return {
    socket,
    ports,
    urlOf: (backend) => `http://127.0.0.1:${frontends.get(backend) ?? 0}`,
    stop: () => server.stop(),
  };
}

/** The map is empty: deployments fill it while the proxy runs. */
async function withMap(backend: Backend, directory: string): Promise<Backend> {
  const { variant } = backend;
  if (variant === undefined) return backend;
  const map = mapFile(directory, variant.map);
  await writeFile(map, '');
  return { ...backend, variant: { ...variant, map } };
}

/** A proxy's own configuration, as a host's administrator writes it; what deployments need stands in a file beside it. */
const ownConfiguration = `global
  nbthread 1
  maxconn 4000
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  option dontlog-normal
  timeout connect 2s
  timeout client 60s
  timeout server 60s
`;

/** @throws {PartError} `part-refused` for a backend with a name that HAProxy does not take */
function proxyConfiguration(section: ProxySection): string {
  try {
    return proxySection(section);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw new PartError({ code: 'part-refused', message: error.message, hint: error.hint });
  }
}
