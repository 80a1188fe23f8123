// Which keys of a compose file are honoured, and why the others are refused instead of ignored.
import type { Node } from './compose-document.js';
import { readList } from './compose-values.js';

/** Keys of a service that are honoured. `image` and `build` are replaced by the deployed image. */
const supportedKeys: readonly string[] = [
  'image',
  'build',
  'command',
  'entrypoint',
  'environment',
  'env_file',
  'labels',
  'user',
  'working_dir',
  'expose',
  'stop_signal',
  'stop_grace_period',
  'healthcheck',
  'init',
  'read_only',
  'tmpfs',
  'mem_limit',
  'cpus',
  'volumes',
  'networks',
  'restart',
  'cap_add',
  'cap_drop',
  'security_opt',
];

const topKeys: readonly string[] = [
  'name',
  'version',
  'services',
  'volumes',
  'networks',
  'secrets',
  'configs',
];

const refusals: Readonly<Record<string, readonly [string, string]>> = {
  ports: [
    'binds fixed ports of the host: old and new instance could not run side by side, and requests would be lost',
    'Remove ports: the proxy reaches each instance on a loopback port of its own; name the container port in the input `port`.',
  ],
  container_name: [
    'allows one container only: old and new instance could not run side by side, and requests would be lost',
    'Remove container_name; instances get unique names and Compose’s own labels.',
  ],
  network_mode: [
    'would take the service off the project’s network, where each instance gets a loopback port of its own',
    'Remove network_mode.',
  ],
};

/** @throws {DeployError} unsupported-compose for a key beside `services` that changes what would run */
export function refuseTop(top: Node): void {
  if (topKeys.includes(top.key) || top.key.startsWith('x-')) return;
  throw top.fault('is not supported', `Supported are ${topKeys.join(', ')} and x-….`, 'unsupported-compose');
}

/** @throws {DeployError} unsupported-compose for a key of the service, with the reason where there is more to say */
export function refuseKey(node: Node): void {
  const [problem, hint] = refusals[node.key] ?? [];
  if (problem !== undefined) throw node.fault(problem, hint ?? '', 'unsupported-compose');
  if (node.key === 'networks') refuseNetworks(node);
  if (supportedKeys.includes(node.key) || node.key.startsWith('x-')) return;
  throw node.fault(
    'is not supported yet',
    `Supported are ${supportedKeys.join(', ')}.`,
    'unsupported-compose',
  );
}

function refuseNetworks(node: Node): void {
  const names = Array.isArray(node.value) ? readList(node) : node.children().map(({ key }) => key);
  const options = Array.isArray(node.value) ? [] : node.children().filter(({ value }) => value !== null);
  if (names.every((name) => name === 'default') && options.length === 0) return;
  throw node.fault(
    'may name the default network only',
    'Remove networks or write [default].',
    'unsupported-compose',
  );
}
