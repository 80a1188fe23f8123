// Which keys of a compose file are honoured, and why the others are refused instead of ignored.
import type { Node } from './compose-document.js';
import { refuseDeploy } from './compose-resources.js';
import { settingKeys } from './compose-settings.js';
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
  'configs',
  'secrets',
  'depends_on',
  'ports',
  'container_name',
  'scale',
  'deploy',
  'restart',
  'cap_add',
  'cap_drop',
  'security_opt',
  ...settingKeys,
  // A service that is deployed by its name is taken into account whatever profiles it has.
  'profiles',
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
  if (node.key === 'deploy') refuseDeploy(node);
  if (supportedKeys.includes(node.key) || node.key.startsWith('x-')) return;
  throw node.fault(
    'is not supported yet',
    `Supported are ${supportedKeys.join(', ')}.`,
    'unsupported-compose',
  );
}

/** A preview has its own network, and no other one. @throws {DeployError} unsupported-compose */
export function refuseNetworks(node: Node): void {
  const names = Array.isArray(node.value) ? readList(node) : node.children().map(({ key }) => key);
  const options = Array.isArray(node.value) ? [] : node.children().filter(({ value }) => value !== null);
  if (names.every((name) => name === 'default') && options.length === 0) return;
  throw node.fault(
    'may name the default network only in a preview',
    'Remove networks or write [default].',
    'unsupported-compose',
  );
}

const gapReasons: Readonly<Record<string, string>> = {
  ports: 'binds ports of the host, which one container at a time can have',
  container_name: 'gives a name that one container at a time can have',
};

/** @throws {DeployError} restarts-with-gap when the old instance must stop before the new one can start */
export function refuseGap(service: Node): void {
  for (const [key, reason] of Object.entries(gapReasons)) {
    const node = service.at(key);
    if (node.value === undefined || node.value === null) continue;
    const problem = `${reason}: the service restarts with a gap, the old instance stops before the new one starts`;
    const cure =
      key === 'ports'
        ? 'Remove ports: the proxy reaches each instance on a loopback port of its own (input port)'
        : 'Remove container_name: instances get names and Compose’s labels';
    throw node.fault(problem, `${cure}; or set allow-gap: true to accept the gap.`, 'restarts-with-gap');
  }
}
