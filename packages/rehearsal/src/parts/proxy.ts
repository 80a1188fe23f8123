// HAProxy on loopback: a frontend and a backend of empty slots for each service that a roll-out moves.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@headgate/kit/clock';
import { acceptsConnections } from './connection.js';
import { freePorts } from './free-port.js';
import { PartError } from './part-error.js';
import { startServer } from './server-process.js';

export interface ProxyPart {
  /** The admin socket that roll-outs talk to. */
  readonly socket: string;
  /** Address of each backend's frontend: `http://127.0.0.1:PORT`. */
  urlOf(backend: string): string;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  readonly directory: string;
  readonly program: string;
  readonly backends: readonly string[];
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
}

const slots = 8;

/**
 * Starts HAProxy with every slot in maintenance.
 * @throws {PartError} `tool-missing`, `part-not-ready`
 */
export async function startProxy(options: ProxyOptions): Promise<ProxyPart> {
  await mkdir(options.directory, { recursive: true });
  const socket = join(options.directory, 'proxy.sock');
  const ports = await freePorts(options.backends.length);
  const frontends = new Map(options.backends.map((backend, index) => [backend, ports[index] ?? 0]));
  const configuration = join(options.directory, 'haproxy.cfg');
  await writeFile(configuration, proxyConfiguration(socket, frontends));
  const server = await startServer(
    {
      name: 'HAProxy',
      file: options.program,
      args: ['-db', '-f', configuration],
      env: options.env,
      cwd: options.directory,
      logFile: join(options.directory, 'haproxy.log'),
      ready: () => acceptsConnections({ path: socket }),
      deadlineMs: 5_000,
    },
    options.clock,
  );
  return {
    socket,
    urlOf: (backend) => `http://127.0.0.1:${frontends.get(backend) ?? 0}`,
    stop: () => server.stop(),
  };
}

/**
 * Connection failures are retried on another server, as any careful set-up does; nothing that was sent is sent again,
 * so a roll-out that cuts a request is seen.
 */
export function proxyConfiguration(socket: string, frontends: ReadonlyMap<string, number>): string {
  const services = [...frontends].map(([backend, port]) => service(backend, port));
  return `${general(socket)}\n${services.join('\n')}`;
}

function general(socket: string): string {
  return `global
  nbthread 1
  maxconn 4000
  hard-stop-after 5s
  log stdout format raw local0
  stats socket ${socket} level admin mode 600
defaults
  mode http
  log global
  option httplog
  option dontlog-normal
  option redispatch 1
  retries 2
  retry-on conn-failure
  timeout connect 2s
  timeout queue 5s
  timeout client 60s
  timeout server 60s
  timeout http-request 10s
  timeout http-keep-alive 60s
`;
}

function service(backend: string, port: number): string {
  if (!/^[\w.:-]{1,64}$/.test(backend)) {
    throw new PartError({
      code: 'part-refused',
      message: `the proxy backend ${JSON.stringify(backend)} is no name that HAProxy takes`,
      hint: 'Use letters, digits, "_", ".", ":" and "-" for proxy.backend in headgate.yml.',
    });
  }
  return `frontend ${backend}
  bind 127.0.0.1:${port}
  default_backend ${backend}
backend ${backend}
  balance roundrobin
  default-server check inter 500ms fall 3 rise 1
  server-template slot 1-${slots} 127.0.0.1:9 disabled
`;
}
