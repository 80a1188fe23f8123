// One-off containers, for tests and tasks: in the service's network with its environment, found by labels of their own,
// never behind the proxy and never taken for an instance.
import { networkOf, serviceBody } from './container.js';
import { putFiles } from './container-files.js';
import type { Engine } from './engine.js';
import { type Container, record } from './engine-answers.js';
import type { RegistryAuth } from './engine-images.js';
import { type Identity, identityLabels, labelNames } from './identity.js';
import type { ImageReference } from './image.js';
import { oneOffLabels } from './one-off-labels.js';
import type { ServiceDefinition } from './service.js';
import { connectNetworks, ensureNetworks, ensurePlaces } from './service-places.js';

export interface OneOff {
  readonly kind: 'test' | 'task' | 'hook';
  readonly name: string;
  /** A reference, or the id of an image that the engine has. */
  readonly image: string;
  /** The whole argv; empty: what the image itself starts. */
  readonly command: readonly string[];
  /** Over the service's own. */
  readonly environment: ReadonlyMap<string, string>;
  readonly deadlineMs: number;
}

/** Everything a one-off container is made from beside itself. */
export interface OneOffSurroundings {
  readonly service: ServiceDefinition;
  readonly secrets: ReadonlyMap<string, string>;
  readonly identity: Identity;
  /** Names the run, so that its post step removes nobody else's containers. */
  readonly run: string;
}

export interface OneOffPlace extends OneOffSurroundings {
  readonly engine: Engine;
}

const { proxy: proxyLabel } = labelNames;

/** Has the images on the host before anything is changed. @throws {DeployError} as a pull fails */
export async function pullImages(
  images: readonly ImageReference[],
  { engine }: Pick<OneOffPlace, 'engine'>,
  { authOf, signal }: { authOf: (registry: string) => RegistryAuth | null; signal: AbortSignal },
): Promise<void> {
  for (const { reference, registry } of images) {
    if ((await engine.imageDigests(reference)) === null)
      await engine.pull(reference, authOf(registry), signal);
  }
}

/** Part of a container's name, and when the task it is for is no longer any run's. */
export interface Creation {
  readonly unique: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Answers the new container's id. @throws {DeployError} engine-refused, engine-unreachable */
export async function createOneOff(
  oneOff: OneOff,
  place: OneOffPlace,
  { unique, now }: Creation,
): Promise<string> {
  const { engine, service } = place;
  await (oneOff.kind === 'test' ? ensureNetworks(service, engine) : ensurePlaces(service, engine));
  const name = `${service.project}-${service.service}-${oneOff.kind}-${oneOff.name}-${unique}`;
  const id = await engine.create(name, oneOffBody(oneOff, place, { hosts: await hostsOf(place), now }));
  try {
    await connectNetworks(id, withoutNames(service), engine);
    await putFiles(engine, id, oneOff.kind === 'test' ? [] : service.files);
    return id;
  } catch (error) {
    await engine.remove(id).catch(() => undefined);
    throw error;
  }
}

/** Nobody shall take it for an instance, in any network. */
function withoutNames({
  networks: [first, ...others],
}: ServiceDefinition): Pick<ServiceDefinition, 'networks'> {
  return { networks: [first, ...others.map((network) => ({ ...network, aliases: [] }))] };
}

/** The service's name led to the instances that serve: an engine without a resolver knows no names. */
async function hostsOf(place: OneOffPlace): Promise<readonly string[]> {
  const { service } = place;
  return (await runningInstances(place)).flatMap(({ addresses }) => {
    const address = addresses.get(networkOf(service));
    return address === undefined ? [] : [`${service.service}:${address}`];
  });
}

/** Whichever proxy they are behind, where the identity names none. */
export async function runningInstances({
  engine,
  identity,
}: Pick<OneOffPlace, 'engine' | 'identity'>): Promise<readonly Container[]> {
  const { [proxyLabel]: proxy = '', ...others } = identityLabels(identity);
  const found = await engine.list(proxy === '' ? others : { ...others, [proxyLabel]: proxy });
  return found.filter(({ running }) => running);
}

/** Where a container is made, as the engine must be told it; `hosts` are `name:address`. */
interface Birth {
  readonly hosts: readonly string[];
  readonly now: number;
}

/** The body of `POST /containers/create`: a test gets the service's surroundings, a task or hook all that an instance has. */
export function oneOffBody(
  oneOff: OneOff,
  place: OneOffSurroundings,
  { hosts, now }: Birth,
): Readonly<Record<string, unknown>> {
  const { service } = place;
  const secrets = new Map([...place.secrets, ...oneOff.environment]);
  const use = { image: oneOff.image, secrets, labels: oneOffLabels(oneOff, place, now), binding: null };
  const own = oneOff.kind === 'test' ? surroundingsOf(service) : { ...service, ports: [] };
  const { HostConfig, ...body } = serviceBody(own, use);
  return {
    ...body,
    // As the entrypoint: the argv is then exactly this, whatever the image would put before it.
    ...(oneOff.command.length === 0 ? {} : { Entrypoint: oneOff.command, Cmd: [] }),
    // The image's own check is about a service, which this is not.
    Healthcheck: { Test: ['NONE'] },
    // Nobody shall take it for an instance.
    NetworkingConfig: {},
    ExposedPorts: {},
    HostConfig: {
      ...record(HostConfig),
      ExtraHosts: [...(service.settings?.extraHosts ?? []), ...hosts],
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      // The engine's default may be a driver whose log cannot be read back.
      LogConfig: { Type: 'json-file', Config: {} },
    },
  };
}

/** The service without what gives it power over the host or its data, and without its own start. */
function surroundingsOf(service: ServiceDefinition): ServiceDefinition {
  return {
    ...service,
    command: null,
    entrypoint: null,
    user: '',
    workingDirectory: '',
    readOnly: false,
    temporaryFolders: {},
    mounts: [],
    ports: [],
    addedCapabilities: [],
  };
}
