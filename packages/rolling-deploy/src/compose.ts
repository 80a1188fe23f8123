// Reads one service out of a compose file; what it does not support is refused by name and line, never ignored.
import { type ComposeSource, type Node, openCompose } from './compose-document.js';
import { readHealthCheck, readMounts, readRestart, readTemporaryFolders } from './compose-parts.js';
import {
  readBoolean,
  readBytes,
  readCommand,
  readDuration,
  readList,
  readNumber,
  readPairs,
} from './compose-values.js';
import { parseEnvFile } from './env-file.js';
import type { ServiceDefinition } from './service.js';

export interface ComposeRequest extends ComposeSource {
  readonly service: string;
  /** Project name when the file has no `name`. */
  readonly project: string;
  /** Content of a file named relative to the compose file; null when there is none. */
  readonly readFile: (path: string) => Promise<string | null>;
}

/** Keys of a service that are honoured. `image` and `build` are replaced by the deployed image. */
export const supportedKeys: readonly string[] = [
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

/** @throws {DeployError} invalid-compose, unsupported-compose. @throws {YamlError} */
export async function readService(request: ComposeRequest): Promise<ServiceDefinition> {
  const root = openCompose(request);
  for (const top of root.children()) refuseTop(top);
  const service = root.at('services').at(request.service);
  if (service.value === undefined || service.value === null) throw missing(root, request.service);
  for (const key of service.children()) refuseKey(key);
  const project = root.at('name').text() ?? request.project;
  return {
    project: projectName(project, root.at('name')),
    service: request.service,
    command: readCommand(service.at('command')),
    entrypoint: readCommand(service.at('entrypoint')),
    environment: await readEnvironment(service, request),
    labels: readLabels(service.at('labels')),
    user: service.at('user').text() ?? '',
    workingDirectory: service.at('working_dir').text() ?? '',
    expose: readList(service.at('expose')).map((port) => exposedPort(port, service.at('expose'))),
    stopSignal: service.at('stop_signal').text() ?? '',
    stopGraceMs: readDuration(service.at('stop_grace_period')),
    healthCheck: readHealthCheck(service.at('healthcheck')),
    init: readBoolean(service.at('init')),
    readOnly: readBoolean(service.at('read_only')),
    temporaryFolders: readTemporaryFolders(service.at('tmpfs')),
    memory: readBytes(service.at('mem_limit')),
    nanoCpus: Math.round(readNumber(service.at('cpus'), 0) * 1e9),
    mounts: readMounts(service.at('volumes'), { project, declared: root.at('volumes') }),
    restart: readRestart(service.at('restart')),
    addedCapabilities: readList(service.at('cap_add')),
    droppedCapabilities: readList(service.at('cap_drop')),
    securityOptions: readList(service.at('security_opt')),
  };
}

function refuseTop(top: Node): void {
  if (topKeys.includes(top.key) || top.key.startsWith('x-')) return;
  throw top.fault('is not supported', `Supported are ${topKeys.join(', ')} and x-….`, 'unsupported-compose');
}

function refuseKey(node: Node): void {
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

async function readEnvironment(
  service: Node,
  request: ComposeRequest,
): Promise<Readonly<Record<string, string>>> {
  const values = new Map<string, string>();
  for (const file of envFiles(service.at('env_file'))) {
    const content = await request.readFile(file.path);
    if (content === null && !file.required) continue;
    if (content === null)
      throw file.node.fault(`${file.path} was not found`, 'Name a file relative to the compose file.');
    const parsed = parseEnvFile(content);
    if (!parsed.ok)
      throw file.node.fault(`${file.path}:${parsed.line}: ${parsed.problem}`, 'Correct the line.');
    for (const [name, value] of parsed.values) values.set(name, value);
  }
  for (const [name, value] of readPairs(service.at('environment'))) {
    const given = value ?? request.vars.get(name);
    if (given === undefined) values.delete(name);
    else values.set(name, given);
  }
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface EnvFileReference {
  readonly node: Node;
  readonly path: string;
  readonly required: boolean;
}

function envFiles(node: Node): readonly EnvFileReference[] {
  if (node.value === undefined || node.value === null) return [];
  const items = Array.isArray(node.value) ? node.children() : [node];
  return items.map((item) => {
    const structured = typeof item.value === 'object';
    const path = (structured ? item.at('path').text() : item.text()) ?? '';
    return { node: item, path, required: !structured || item.at('required').text() !== 'false' };
  });
}

function readLabels(node: Node): Readonly<Record<string, string>> {
  const labels = [...readPairs(node)].map(([name, value]) => [name, value ?? ''] as const);
  const ours = labels.find(([name]) => /^(io\.headgate\.|com\.docker\.compose\.)/.test(name));
  if (ours === undefined) return Object.fromEntries(labels);
  throw node.fault(`${ours[0]} is set by the deployment itself`, 'Remove the label.');
}

function exposedPort(text: string, node: Node): number {
  const [, digits] = /^(\d{1,5})(?:\/tcp)?$/.exec(text) ?? [];
  const port = Number(digits ?? '0');
  if (port >= 1 && port <= 65_535) return port;
  throw node.fault(`${text} is no TCP port`, 'Write a number from 1 to 65535.');
}

function projectName(name: string, node: Node): string {
  if (/^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)) return name;
  throw node.fault(`${JSON.stringify(name)} is no project name`, 'Use lower-case letters, digits, - and _.');
}

function missing(root: Node, service: string): Error {
  const names = root
    .at('services')
    .children()
    .map(({ key }) => key);
  const found = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return root
    .at('services')
    .fault(`service ${service} was expected, ${found}`, 'Set `service` to one of them.');
}
