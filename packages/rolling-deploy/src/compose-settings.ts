// What a service asks of its engine as it stands: logging, limits, names of hosts, groups, kernel settings.
import type { Node } from './compose-document.js';
import { refuseOthers } from './compose-members.js';
import { readBytes, readList, readNumber, readPairs } from './compose-values.js';

/** As the Engine API has them, members that the file does not speak of left out. */
export interface EngineSettings {
  /** Members of a container's configuration. */
  readonly container: Readonly<Record<string, unknown>>;
  /** Members of its `HostConfig`. */
  readonly host: Readonly<Record<string, unknown>>;
  /** `name:address` */
  readonly extraHosts: readonly string[];
}

/** By the key of the file: the engine's name, and how the value is read. */
type Members = Readonly<Record<string, readonly [string, (node: Node) => unknown]>>;

const hostMembers: Members = {
  logging: ['LogConfig', readLogging],
  ulimits: ['Ulimits', readUlimits],
  shm_size: ['ShmSize', readBytes],
  pids_limit: ['PidsLimit', readCount],
  mem_reservation: ['MemoryReservation', readBytes],
  memswap_limit: ['MemorySwap', (node) => (node.text() === '-1' ? -1 : readBytes(node))],
  cpu_shares: ['CpuShares', readCount],
  cpuset: ['CpusetCpus', readText],
  dns: ['Dns', readList],
  dns_search: ['DnsSearch', readList],
  dns_opt: ['DnsOptions', readList],
  group_add: ['GroupAdd', readList],
  sysctls: ['Sysctls', readTexts],
};

const containerMembers: Members = {
  hostname: ['Hostname', readText],
  domainname: ['Domainname', readText],
};

/** Keys of a service that are read here. */
export const settingKeys: readonly string[] = [
  'extra_hosts',
  ...Object.keys(hostMembers),
  ...Object.keys(containerMembers),
];

/** Null when the service asks for none of it. @throws {DeployError} invalid-compose, unsupported-compose */
export function readSettings(service: Node): EngineSettings | null {
  if (settingKeys.every((key) => (service.at(key).value ?? null) === null)) return null;
  return {
    host: asked(service, hostMembers),
    container: asked(service, containerMembers),
    extraHosts: readExtraHosts(service.at('extra_hosts')),
  };
}

function asked(service: Node, members: Members): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([key, [name, read]]) => {
      const node = service.at(key);
      return node.value === undefined || node.value === null ? [] : [[name, read(node)] as const];
    }),
  );
}

function readText(node: Node): string {
  return node.text() ?? '';
}

/** -1 is no limit. */
function readCount(node: Node): number {
  const count = node.text() === '-1' ? -1 : readNumber(node, 0);
  if (Number.isInteger(count)) return count;
  throw node.fault(`is ${count}, a whole number was expected`, 'Write a whole number.');
}

function readTexts(node: Node): Readonly<Record<string, string>> {
  return Object.fromEntries([...readPairs(node)].map(([name, value]) => [name, value ?? '']));
}

function readLogging(node: Node): object {
  refuseOthers(node, ['driver', 'options']);
  return { Type: node.at('driver').text() ?? 'json-file', Config: readTexts(node.at('options')) };
}

/** A number for both, or the soft and the hard one. */
function readUlimits(node: Node): readonly object[] {
  return node.children().map((limit) => {
    if (typeof limit.value !== 'object') {
      return { Name: limit.key, Soft: readCount(limit), Hard: readCount(limit) };
    }
    refuseOthers(limit, ['soft', 'hard']);
    return { Name: limit.key, Soft: readCount(limit.at('soft')), Hard: readCount(limit.at('hard')) };
  });
}

/** `NAME:ADDRESS` or `NAME=ADDRESS`, or a mapping from the one to the other; several addresses as a list. */
function readExtraHosts(node: Node): readonly string[] {
  if (Array.isArray(node.value)) return node.children().map(hostLine);
  return node.children().flatMap((item) => readList(item).map((address) => `${item.key}:${bare(address)}`));
}

function hostLine(item: Node): string {
  const [, name, address] = /^([^:=\s]+)[:=](\S+)$/.exec(item.text() ?? '') ?? [];
  if (name !== undefined && address !== undefined) return `${name}:${bare(address)}`;
  throw item.fault('is not NAME:ADDRESS', 'Write a name and an address, such as db.example:10.0.0.5.');
}

/** Compose takes addresses of IPv6 in brackets, the engine without. */
function bare(address: string): string {
  return address.replace(/^\[(.*)\]$/, '$1');
}
