// Reads one service out of a compose file; what it does not support is refused by name and line, never ignored.
import { type ComposeSource, type Node, openCompose } from './compose-document.js';
import { type EnvironmentSource, readEnvironment } from './compose-environment.js';
import { readHealthCheck, readMounts, readRestart, readTemporaryFolders } from './compose-parts.js';
import { refuseKey, refuseTop } from './compose-support.js';
import {
  readBoolean,
  readBytes,
  readCommand,
  readDuration,
  readList,
  readNumber,
  readPairs,
} from './compose-values.js';
import type { ServiceDefinition } from './service.js';

export interface ComposeRequest extends ComposeSource, EnvironmentSource {
  readonly service: string;
  /** Project name when the file has no `name`. */
  readonly project: string;
}

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
