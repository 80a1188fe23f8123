// Reads what the Engine API answers; pure.
import { DeployError, type DeployErrorCode } from './errors.js';

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly running: boolean;
  /** Image the engine resolved at creation. */
  readonly imageId: string;
  /** Loopback port asked for the service; null when it publishes none. */
  readonly port: number | null;
  /** IPv4 addresses by network; none while it does not run. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly restarts: number;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly healthDetail: string;
}

/** Parses `GET /containers/{id}/json`. */
export function parseContainer(value: unknown): Container {
  const root = record(value);
  const state = record(root['State']);
  const health = record(state['Health']);
  const log = Array.isArray(health['Log']) ? health['Log'] : [];
  const restarting = state['Restarting'] === true;
  return {
    id: text(root['Id']),
    name: text(root['Name']).replace(/^\//, ''),
    labels: textMap(record(root['Config'])['Labels']),
    createdAt: Date.parse(text(root['Created'])) || 0,
    running: state['Running'] === true && !restarting,
    imageId: text(root['Image']),
    addresses: addressesOf(record(root['NetworkSettings'])['Networks']),
    port: publishedPort(record(root['HostConfig'])['PortBindings']),
    restarts: number(root['RestartCount']),
    exitCode: number(state['ExitCode']),
    outOfMemory: state['OOMKilled'] === true,
    health: healthOf(health['Status']),
    healthDetail: text(record(log.at(-1))['Output'])
      .trim()
      .slice(0, 300),
  };
}

/** @throws {DeployError} when this JSON line of a pull's progress says that it failed */
export function judgePull(line: string, image: string): void {
  const message = text(record(parsed(line))['error']);
  if (message !== '') throw pullError(image, message);
}

export function pullError(image: string, message: string): DeployError {
  const code = pullCode(message);
  const hints: Readonly<Record<string, string>> = {
    'image-not-found':
      'Check that the image was published under this name with this digest, for this platform.',
    'registry-refused': 'Check registry-username and deploy-secrets: registries: {"<host>": "<password>"}.',
    'pull-failed': 'Check that the host reaches the registry and has room on its disk.',
  };
  return new DeployError({
    code,
    message: `${image} could not be pulled: ${message.slice(0, 300)}`,
    hint: hints[code] ?? '',
  });
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

function pullCode(message: string): DeployErrorCode {
  if (/unauthorized|denied|authentication|forbidden|toomanyrequests|no basic auth/i.test(message))
    return 'registry-refused';
  if (/not found|manifest unknown|no matching manifest|does not exist/i.test(message))
    return 'image-not-found';
  return 'pull-failed';
}

function publishedPort(bindings: unknown): number | null {
  for (const list of Object.values(record(bindings))) {
    const port = Number(text(record(Array.isArray(list) ? list[0] : null)['HostPort']));
    if (Number.isInteger(port) && port > 0) return port;
  }
  return null;
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

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
