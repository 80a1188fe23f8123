// Reads what the Engine API answers; pure.
import { pullError } from './engine-refusals.js';

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly running: boolean;
  /** It ended, and the engine is about to start it again. */
  readonly restarting: boolean;
  /** Milliseconds since the epoch, by the host's clock; its last start. */
  readonly startedAt: number;
  /** The same of its last end; 0 while it never ended. */
  readonly endedAt: number;
  /** As the host's kernel numbers its first process; 0 while it does not run. */
  readonly processId: number;
  /** Image the engine resolved at creation. */
  readonly imageId: string;
  /** As it was asked for at creation. */
  readonly image: string;
  /** Loopback port asked for the service; null when it publishes none. */
  readonly port: number | null;
  /** The one inside the container that it leads to. */
  readonly innerPort: number | null;
  /** IPv4 addresses by network; none while it does not run. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly restarts: number;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** Exit code and output of its last look; '' before the first. */
  readonly healthDetail: string;
}

/** Parses `GET /containers/{id}/json`. */
export function parseContainer(value: unknown): Container {
  const root = record(value);
  const state = record(root['State']);
  const health = record(state['Health']);
  const restarting = state['Restarting'] === true;
  return {
    id: text(root['Id']),
    name: text(root['Name']).replace(/^\//, ''),
    labels: textMap(record(root['Config'])['Labels']),
    createdAt: Date.parse(text(root['Created'])) || 0,
    running: state['Running'] === true && !restarting,
    restarting,
    startedAt: Date.parse(text(state['StartedAt'])) || 0,
    endedAt: Math.max(Date.parse(text(state['FinishedAt'])) || 0, 0),
    processId: number(state['Pid']),
    imageId: text(root['Image']),
    image: text(record(root['Config'])['Image']),
    addresses: addressesOf(record(root['NetworkSettings'])['Networks']),
    ...publishedPort(record(root['HostConfig'])['PortBindings']),
    restarts: number(root['RestartCount']),
    exitCode: number(state['ExitCode']),
    outOfMemory: state['OOMKilled'] === true,
    health: healthOf(health['Status']),
    healthDetail: healthDetail(health['Log']),
  };
}

/** The body that would make the same container again. */
export function creationOf(root: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const networks = Object.entries(record(record(root['NetworkSettings'])['Networks']));
  const endpoints = networks.map(([name, network]) => [name, { Aliases: record(network)['Aliases'] }]);
  return {
    ...record(root['Config']),
    HostConfig: record(root['HostConfig']),
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(endpoints) },
  };
}

/** @throws {DeployError} when this JSON line of a pull's progress says that it failed */
export function judgePull(line: string, image: string): void {
  const message = text(record(parsed(line))['error']);
  if (message !== '') throw pullError(image, message);
}

/** The message of an engine's refusal: `{"message": "…"}`, or the bare text. */
export function refusalOf(body: string): string {
  return text(record(parsed(body))['message']) || body.trim().slice(0, 300);
}

/** Lines of a container's log, from the multiplexed stream: 8 bytes of header before each frame, none with a TTY. */
export function logLines(bytes: Buffer): readonly string[] {
  const frames: Buffer[] = [];
  let offset = 0;
  while (offset + 8 <= bytes.length && (bytes[offset] ?? 9) <= 2 && bytes.readUIntBE(offset + 1, 3) === 0) {
    const size = bytes.readUInt32BE(offset + 4);
    frames.push(bytes.subarray(offset + 8, offset + 8 + size));
    offset += 8 + size;
  }
  const plain = frames.length === 0 ? bytes : Buffer.concat(frames);
  return plain
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The first port of the host that leads into the container, and the one inside that it leads to. */
function publishedPort(bindings: unknown): {
  readonly port: number | null;
  readonly innerPort: number | null;
} {
  for (const [inner, list] of Object.entries(record(bindings))) {
    const port = Number(text(record(Array.isArray(list) ? list[0] : null)['HostPort']));
    if (Number.isInteger(port) && port > 0) return { port, innerPort: Number.parseInt(inner, 10) || null };
  }
  return { port: null, innerPort: null };
}

/** What the last look of a health check said: its exit code and its output. */
function healthDetail(log: unknown): string {
  const last = record(Array.isArray(log) ? log.at(-1) : null);
  if (typeof last['ExitCode'] !== 'number') return '';
  const output = text(last['Output']).trim().slice(0, 300);
  return `exit code ${last['ExitCode']}, ${output === '' ? 'no output' : output}`;
}

function addressesOf(networks: unknown): ReadonlyMap<string, string> {
  const pairs = Object.entries(record(networks)).map(([name, network]) => {
    return [name, text(record(network)['IPAddress'])] as const;
  });
  return new Map(pairs.filter(([, address]) => address !== ''));
}

function healthOf(status: unknown): Container['health'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none';
}

function textMap(value: unknown): ReadonlyMap<string, string> {
  return new Map(Object.entries(record(value)).map(([key, item]) => [key, text(item)]));
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** Null for what is no JSON. */
export function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
