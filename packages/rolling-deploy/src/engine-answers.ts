// Reads what the Engine API answers; pure.
import { type Endpoint, loopbackPort } from './endpoint.js';
import { labelNames } from './identity.js';
import { proxyNetwork } from './proxy-network.js';
import type { Subnet } from './subnet.js';

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
  /** Port of the host asked for the service; null when it publishes none. */
  readonly port: number | null;
  /** The one inside the container that it is asked on; null when it is asked on none. */
  readonly innerPort: number | null;
  /** Where its host reaches that one; null when it does not. */
  readonly endpoint: Endpoint | null;
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
  const labels = textMap(record(root['Config'])['Labels']);
  return {
    id: text(root['Id']),
    name: text(root['Name']).replace(/^\//, ''),
    labels,
    createdAt: Date.parse(text(root['Created'])) || 0,
    running: state['Running'] === true && !restarting,
    restarting,
    startedAt: Date.parse(text(state['StartedAt'])) || 0,
    endedAt: Math.max(Date.parse(text(state['FinishedAt'])) || 0, 0),
    processId: number(state['Pid']),
    imageId: text(root['Image']),
    image: text(record(root['Config'])['Image']),
    addresses: addressesOf(record(root['NetworkSettings'])['Networks']),
    ...reachOf(root, labels),
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

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** In the proxy's network, where it has a fixed address there, else by a port of the host. */
function reachOf(
  root: Readonly<Record<string, unknown>>,
  labels: ReadonlyMap<string, string>,
): Pick<Container, 'port' | 'innerPort' | 'endpoint'> {
  const address = fixedAddress(root, proxyNetwork);
  const port = Number(labels.get(labelNames.port));
  if (address !== null && port > 0) return { port: null, innerPort: port, endpoint: `${address}:${port}` };
  const published = publishedPort(record(root['HostConfig'])['PortBindings']);
  return { ...published, endpoint: published.port === null ? null : loopbackPort(published.port) };
}

/** Of a container as `GET /containers/json` and `GET /containers/{id}/json` show it; null when the engine chooses one. */
export function fixedAddress(container: unknown, network: string): string | null {
  const networks = record(record(record(container)['NetworkSettings'])['Networks']);
  return text(record(record(networks[network])['IPAMConfig'])['IPv4Address']) || null;
}

/** The first IPv4 range of `GET /networks/{name}`. */
export function subnetOf(network: unknown): Subnet {
  const { Config: configs } = record(record(network)['IPAM']);
  const ranges = (Array.isArray(configs) ? configs : []).map(record);
  const found = ranges.find(({ Subnet: range }) => text(range).includes('.'));
  return { range: text(found?.['Subnet']), gateway: text(found?.['Gateway']) };
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
