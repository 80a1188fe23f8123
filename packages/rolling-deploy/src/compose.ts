// Reads one service out of a compose file; what it does not support is refused by name and line, never ignored.
import { type ComposeSource, type Node, openCompose } from './compose-document.js';
import { type EnvironmentSource, readEnvironment } from './compose-environment.js';
import { readFiles } from './compose-files.js';
import { needsOf } from './compose-needs.js';
import { readNetworks } from './compose-networks.js';
import { readHealthCheck, readRestart } from './compose-parts.js';
import { readContainerName, readPorts } from './compose-ports.js';
import { readResources } from './compose-resources.js';
import { readSettings } from './compose-settings.js';
import { refuseGap, refuseKey, refuseNetworks, refuseTop } from './compose-support.js';
import { readBoolean, readCommand, readDuration, readList, readNumber, readPairs } from './compose-values.js';
import { readMounts, readTemporaryFolders } from './compose-volumes.js';
import type { ServiceDefinition } from './service.js';

export interface ComposeRequest extends ComposeSource, EnvironmentSource {
  readonly service: string;
  /** Project name when the file has no `name`; of a preview, whatever the file says. */
  readonly project: string;
  /** A preview has ports and names of its own: what the file says of them is left out. */
  readonly isPreview?: boolean;
  /** May the old instance stop before the new one starts? It does not matter to whom starts nothing. */
  readonly gap?: 'allowed' | 'refused';
  /** Values of secrets that files may be made of, by the variable that would hold them. */
  readonly secrets?: ReadonlyMap<string, string>;
}

/** @throws {DeployError} invalid-compose, unsupported-compose, restarts-with-gap. @throws {ActionError} invalid-yaml */
export async function readService(request: ComposeRequest): Promise<ServiceDefinition> {
  const root = openCompose(request);
  for (const top of root.children()) refuseTop(top);
  const service = root.at('services').at(request.service);
  if (service.value === undefined || service.value === null) throw missing(root, request.service);
  const { isPreview = false, gap = 'refused' } = request;
  for (const key of service.children()) refuseKey(key);
  if (isPreview) refuseNetworks(service.at('networks'));
  else if (gap === 'refused') refuseGap(service);
  const named = isPreview ? request.project : (root.at('name').text() ?? request.project);
  const project = projectName(named, root.at('name'));
  return {
    project,
    service: request.service,
    ...readProcess(service),
    environment: await readEnvironment(service, request),
    labels: readLabels(service.at('labels')),
    ...(await readSurroundings(service, { root, request, project })),
    needs: needsOf(service.at('depends_on')),
    scale: readScale(service),
    ports: isPreview ? [] : readPorts(service.at('ports')),
    containerName: isPreview ? null : readContainerName(service.at('container_name')),
  };
}

/** How it runs. */
function readProcess(service: Node) {
  const settings = readSettings(service);
  return {
    command: readCommand(service.at('command')),
    entrypoint: readCommand(service.at('entrypoint')),
    user: service.at('user').text() ?? '',
    workingDirectory: service.at('working_dir').text() ?? '',
    expose: readList(service.at('expose')).map((port) => exposedPort(port, service.at('expose'))),
    stopSignal: service.at('stop_signal').text() ?? '',
    stopGraceMs: readDuration(service.at('stop_grace_period')),
    healthCheck: readHealthCheck(service.at('healthcheck')),
    init: readBoolean(service.at('init')),
    ...readResources(service),
    restart: readRestart(service.at('restart')),
    addedCapabilities: readList(service.at('cap_add')),
    droppedCapabilities: readList(service.at('cap_drop')),
    securityOptions: readList(service.at('security_opt')),
    ...(settings === null ? {} : { settings }),
  };
}

interface Surroundings {
  readonly root: Node;
  readonly request: ComposeRequest;
  readonly project: string;
}

/** What it sees of the world: file systems and networks. */
async function readSurroundings(service: Node, { root, request, project }: Surroundings) {
  const readOnly = readBoolean(service.at('read_only'));
  const temporaryFolders = readTemporaryFolders(service.at('tmpfs'));
  const { mounts, volumes } = readMounts(service.at('volumes'), { project, declared: root.at('volumes') });
  const mounted = [...mounts.map(({ target }) => target), ...Object.keys(temporaryFolders)];
  const { secrets = new Map<string, string>() } = request;
  const { files, taken } = await readFiles(service, { ...request, root, secrets, mounted, readOnly });
  const networks = readNetworks(service.at('networks'), {
    project,
    service: request.service,
    declared: root.at('networks'),
  });
  return { readOnly, temporaryFolders, mounts, volumes, files, fileSecrets: taken, networks };
}

/** @throws {DeployError} invalid-compose for two numbers that differ */
function readScale(service: Node): number | null {
  const [scale, replicas] = [service.at('scale'), service.at('deploy').at('replicas')].map((node) => {
    const count = node.text() === null ? null : readNumber(node, 0);
    if (count === null || (Number.isInteger(count) && count >= 1 && count <= 64)) return count;
    throw node.fault(`is ${count}`, 'Write a number of instances from 1 to 64.');
  });
  if (scale !== null && replicas !== null && scale !== replicas)
    throw service.at('scale').fault('differs from deploy.replicas', 'Write one of the two.');
  return scale ?? replicas ?? null;
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
