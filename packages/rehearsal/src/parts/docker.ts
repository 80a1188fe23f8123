// The Docker engine as the rehearsal needs it: is it there, what runs of this rehearsal, and away with it at the end.
import type { Http } from '@headgate/kit/http';
import type { RetryDeps } from '@headgate/kit/retry';
import { acceptsConnections } from './connection.js';
import { removeNamedImages } from './engine-images.js';
import { askEngine, type EngineRequest, engineRequest, isLocal, removeFromEngine } from './engine-request.js';
import { deadContainers } from './leftovers.js';

export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  /** Reference as it was started: `host/repository@sha256:…`. */
  readonly image: string;
  /** The environment it was rolled out to; empty when it says none. */
  readonly environment: string;
  /** Of the compose file; empty when it says none. */
  readonly service: string;
  /** Every digest under which the engine knows the image that runs. */
  readonly digests: readonly string[];
}

export interface DockerPart {
  /** As in DOCKER_HOST: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** The server's version. @throws {PartError} `engine-unreachable` */
  version(): Promise<string>;
  /** Removes what rehearsals that were killed left on this engine; what is alive stays. Returns the containers' names. */
  removeLeftovers(): Promise<readonly string[]>;
  /** Running containers whose image comes from this registry (`127.0.0.1:PORT`). */
  containers(registry: string): Promise<readonly RunningContainer[]>;
  /**
   * Reference of the image whose container answers at a port of the machine, `127.0.0.1:PORT`, or at an address of its own
   * in a network; null when none does, or nobody says.
   */
  imageAt(endpoint: string): Promise<string | null>;
  /** Removes images by their ids; what a container or a name still holds stays. */
  removeImages(ids: readonly string[]): Promise<void>;
  /** Removes containers and images that come from this registry, and networks that nobody else uses. */
  removeAll(registry: string): Promise<void>;
}

export interface DockerDeps extends RetryDeps {
  readonly http: Http;
}

/** What the engine lists of a container, as far as it is read here. */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly State: string;
  readonly Ports?: readonly { readonly PublicPort?: number }[];
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string } | null>>;
  };
}

interface ListedVolume {
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** Set by roll-outs on what they run. */
const environmentLabel = 'io.headgate.environment';
/** Compose's own: roll-outs and previews set it alike. */
const serviceLabel = 'com.docker.compose.service';
const defaultAddress = 'unix:///var/run/docker.sock';
const builtInNetworks = new Set(['bridge', 'host', 'none']);

/** Talks to the engine at `address` (DOCKER_HOST; empty: the usual socket) by its HTTP interface. */
export function connectDocker(deps: DockerDeps, address: string | undefined): DockerPart {
  const host = address === undefined || address === '' ? defaultAddress : address;
  const request = engineRequest(deps.http, host);
  return {
    address: host,
    version: async () => (await askEngine<{ Version: string }>(request, '/version')).Version,
    removeLeftovers: async () => {
      // The proxies of an engine elsewhere are not to be seen from here.
      if (!isLocal(host)) return [];
      const all = await listContainers(request);
      const dead = await deadContainers(all, acceptsConnections);
      await removeContainers(request, dead, all);
      const images = new Set(dead.map((item) => item.Image));
      await removeNamedImages(request, (name) => images.has(name), deps);
      return dead.map(nameOf);
    },
    containers: async (registry) => {
      const own = (await listContainers(request)).filter(isFrom(registry));
      return Promise.all(
        own.filter((item) => item.State === 'running').map((item) => describe(request, item)),
      );
    },
    imageAt: async (endpoint) => {
      const all = await listContainers(request).catch(() => []);
      return all.find((item) => isAt(item, endpoint))?.Image ?? null;
    },
    removeImages: async (ids) => {
      for (const id of ids) await removeFromEngine(request, `/images/${encodeURIComponent(id)}`);
    },
    removeAll: async (registry) => {
      const all = await listContainers(request);
      await removeContainers(request, all.filter(isFrom(registry)), all);
      await removeNamedImages(request, (name) => name.startsWith(`${registry}/`), deps);
    },
  };
}

function listContainers(request: EngineRequest): Promise<readonly ListedContainer[]> {
  return askEngine(request, '/containers/json?all=true');
}

function isFrom(registry: string): (item: ListedContainer) => boolean {
  return (item) => item.Image.startsWith(`${registry}/`);
}

async function describe(request: EngineRequest, item: ListedContainer): Promise<RunningContainer> {
  const path = `/images/${item.ImageID}/json`;
  const { RepoDigests } = await askEngine<{ RepoDigests?: readonly string[] }>(request, path);
  const digests = (RepoDigests ?? []).map((reference) => reference.slice(reference.indexOf('@') + 1));
  return {
    id: item.Id,
    name: nameOf(item),
    image: item.Image,
    environment: item.Labels?.[environmentLabel] ?? '',
    service: item.Labels?.[serviceLabel] ?? '',
    digests: [...new Set([item.ImageID, ...digests])],
  };
}

function isAt({ Ports, NetworkSettings }: ListedContainer, endpoint: string): boolean {
  const [address, port] = endpoint.split(':');
  if (address === '127.0.0.1') return Ports?.some(({ PublicPort }) => PublicPort === Number(port)) === true;
  return Object.values(NetworkSettings?.Networks ?? {}).some((network) => network?.IPAddress === address);
}

function nameOf(item: ListedContainer): string {
  return (item.Names[0] ?? item.Id.slice(0, 12)).replace(/^\//, '');
}

/** Containers `found` of `all`, what is in a preview with them, and their networks that no other container has, running or not. */
async function removeContainers(
  request: EngineRequest,
  found: readonly ListedContainer[],
  all: readonly ListedContainer[],
): Promise<void> {
  const previews = new Set(found.flatMap(previewOf));
  const own = all.filter(
    (item) => found.includes(item) || previewOf(item).some((name) => previews.has(name)),
  );
  await Promise.all(own.map((item) => removeFromEngine(request, `/containers/${item.Id}?force=true&v=true`)));
  const others = new Set(all.filter((item) => !own.includes(item)).flatMap(networksOf));
  const ours = new Set(own.flatMap(networksOf));
  const free = [...ours].filter((name) => !others.has(name) && !builtInNetworks.has(name));
  await Promise.all(free.map((name) => removeFromEngine(request, `/networks/${encodeURIComponent(name)}`)));
  await removeVolumes(request, previews);
}

async function removeVolumes(request: EngineRequest, previews: ReadonlySet<string>): Promise<void> {
  if (previews.size === 0) return;
  const { Volumes } = await askEngine<{ readonly Volumes: readonly ListedVolume[] | null }>(
    request,
    '/volumes',
  );
  const own = (Volumes ?? []).filter((item) => previewOf(item).some((name) => previews.has(name)));
  for (const { Name } of own) await removeFromEngine(request, `/volumes/${encodeURIComponent(Name)}`);
}

/** A preview also runs images from elsewhere; all of it is found by the labels of its owner and its number. */
function previewOf({ Labels }: Pick<ListedContainer, 'Labels'>): readonly string[] {
  const [owner, number] = [Labels?.['io.headgate.preview'], Labels?.['io.headgate.preview-number']];
  return owner === undefined || number === undefined ? [] : [`${owner} ${number}`];
}

function networksOf(item: ListedContainer): readonly string[] {
  return Object.keys(item.NetworkSettings?.Networks ?? {});
}
