// The networks of a service: the project's own and external ones, with the names that the service has in each.
import type { Node } from './compose-document.js';
import { refuseOthers } from './compose-members.js';
import { readList } from './compose-values.js';
import type { ServiceDefinition, ServiceNetwork } from './service.js';

export interface NetworkContext {
  readonly project: string;
  readonly service: string;
  /** The file's top-level `networks`. */
  readonly declared: Node;
}

const memberKeys: readonly string[] = ['aliases'];
const declaredKeys: readonly string[] = ['name', 'external', 'driver'];

/** The default network when the service names none. The first is the one that ports are reached through. */
export function readNetworks(node: Node, context: NetworkContext): ServiceDefinition['networks'] {
  const items = Array.isArray(node.value)
    ? node.children().map((item) => ({ key: item.text() ?? '', options: null, item }))
    : node.children().map((item) => ({ key: item.key, options: item, item }));
  const networks = items.map(({ key, options, item }) => {
    if (options !== null)
      refuseOthers(options, memberKeys, { problem: 'is not supported yet', hint: 'Supported is aliases.' });
    const aliases = options === null ? [] : readList(options.at('aliases'));
    return networkOf(key, { item, aliases }, context);
  });
  const [first = networkOf('default', { item: node, aliases: [] }, context), ...others] = networks;
  return [first, ...others];
}

function networkOf(
  key: string,
  { item, aliases }: { readonly item: Node; readonly aliases: readonly string[] },
  { project, service, declared }: NetworkContext,
): ServiceNetwork {
  const network = declared.at(key);
  if (network.value === undefined && key !== 'default')
    throw item.fault(`network ${key} is not declared`, `Add ${key} under networks.`);
  for (const member of network.children()) refuseMember(member);
  const external = network.at('external').text() === 'true';
  const name = network.at('name').text() ?? (external ? key : `${project}_${key}`);
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(name))
    throw network
      .at('name')
      .fault(`is ${JSON.stringify(name.slice(0, 80))}`, 'Use letters, digits, _, . and -.');
  return { key, name, external, aliases: [...new Set([service, ...aliases])] };
}

function refuseMember(member: Node): void {
  if (member.key === 'driver' && member.text() === 'bridge') return;
  if (member.key !== 'driver' && declaredKeys.includes(member.key)) return;
  const hint =
    'Supported are name, external and driver: bridge; make any other network yourself, and name it as external.';
  throw member.fault('is not supported yet', hint, 'unsupported-compose');
}
