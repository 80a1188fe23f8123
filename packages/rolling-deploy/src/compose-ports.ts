// `ports` and `container_name` of a service: what only one container at a time can have.
import type { Node } from './compose-document.js';
import { refuseOthers } from './compose-members.js';
import type { FixedPort } from './service.js';

const longKeys: readonly string[] = [
  'target',
  'published',
  'host_ip',
  'protocol',
  'mode',
  'name',
  'app_protocol',
];
const shortForm =
  /^(?:(?<address>\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\]):)?(?<published>\d{1,5}):(?<target>\d{1,5})(?:\/(?<protocol>tcp|udp))?$/;

/** @throws {DeployError} invalid-compose, unsupported-compose for ranges and for ports that the engine would choose */
export function readPorts(node: Node): readonly FixedPort[] {
  const ports = node.children().map(readPort);
  const names = ports.map(({ address, published, protocol }) => `${address}:${published}/${protocol}`);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) throw node.at(twice).fault(`binds ${names[twice]} a second time`, 'Remove one of them.');
  return ports;
}

/** Null when the service gives none. @throws {DeployError} invalid-compose */
export function readContainerName(node: Node): string | null {
  const text = node.text();
  if (text === null || /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(text)) return text;
  throw node.fault(`is ${JSON.stringify(text.slice(0, 80))}`, 'Use letters, digits, _, . and -.');
}

function readPort(item: Node): FixedPort {
  if (typeof item.value === 'object' && item.value !== null) return readLong(item);
  const {
    address = '',
    published,
    target,
    protocol = 'tcp',
  } = shortForm.exec(item.text() ?? '')?.groups ?? {};
  if (published === undefined || target === undefined) {
    const hint = 'Write HOST:CONTAINER, such as "8080:3000" or "127.0.0.1:8080:3000/udp".';
    throw item.fault('binds no single port of the host', hint, 'unsupported-compose');
  }
  return {
    address: address.replace(/^\[|\]$/g, ''),
    published: portOf(published, item),
    target: portOf(target, item),
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
  };
}

function readLong(item: Node): FixedPort {
  refuseOthers(item, longKeys);
  const protocol = item.at('protocol').text() ?? 'tcp';
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw item.at('protocol').fault(`is ${protocol}`, 'Write tcp or udp.');
  return {
    address: item.at('host_ip').text() ?? '',
    published: portOf(item.at('published').text() ?? '', item),
    target: portOf(item.at('target').text() ?? '', item),
    protocol,
  };
}

function portOf(text: string, node: Node): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const problem = `has ${JSON.stringify(text)} for a port of host or container`;
  throw node.fault(
    problem,
    'Write one number from 1 to 65535: no range, and none left to the engine.',
    'unsupported-compose',
  );
}
