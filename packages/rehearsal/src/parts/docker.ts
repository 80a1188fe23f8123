// The Docker engine as the rehearsal needs it: is it there, what runs of this rehearsal, and away with it at the end.
import type { Http, HttpResponse } from '@headgate/kit/http';
import { PartError } from './part-error.js';

export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  /** Reference as it was started: `host/repository@sha256:…`. */
  readonly image: string;
  /** Every digest under which the engine knows the image that runs. */
  readonly digests: readonly string[];
}

export interface DockerPart {
  /** As in DOCKER_HOST: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** The server's version. @throws {PartError} `engine-unreachable` */
  version(): Promise<string>;
  /** @throws {PartError} `engine-in-use` when this application's services run there already */
  refuseToShare(application: string): Promise<void>;
  /** Running containers whose image comes from this registry (`127.0.0.1:PORT`). */
  containers(registry: string): Promise<readonly RunningContainer[]>;
  /** Removes containers, their networks and images that come from this registry; what is gone already is fine. */
  removeAll(registry: string): Promise<void>;
}

interface ContainerListItem {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly State: string;
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, unknown>> };
}

interface ImageListItem {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
}

/** Set by roll-outs on what they run. */
const applicationLabel = 'io.headgate.application';
const defaultAddress = 'unix:///var/run/docker.sock';
const builtInNetworks = new Set(['bridge', 'host', 'none']);

/** Talks to the engine at `address` (DOCKER_HOST; empty: the usual socket) by its HTTP interface. */
export function connectDocker(http: Http, address: string | undefined): DockerPart {
  const host = address === undefined || address === '' ? defaultAddress : address;
  const ask = engineRequest(http, host);
  return {
    address: host,
    version: async () => (await askJson<{ Version: string }>(ask, '/version')).Version,
    refuseToShare: async (application) => {
      const filters = encodeURIComponent(JSON.stringify({ label: [`${applicationLabel}=${application}`] }));
      const path = `/containers/json?filters=${filters}`;
      const found = await askJson<readonly ContainerListItem[]>(ask, path);
      if (found.length > 0) throw inUse(application, found, host);
    },
    containers: async (registry) => {
      const listed = await listContainers(ask, registry);
      return Promise.all(
        listed.filter((item) => item.State === 'running').map((item) => describe(ask, item)),
      );
    },
    removeAll: (registry) => removeAll(ask, registry),
  };
}

type Ask = (path: string, method?: string) => Promise<HttpResponse>;

function engineRequest(http: Http, host: string): Ask {
  const socketPath = host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
  const base = socketPath === undefined ? host.replace(/^tcp:/, 'http:') : 'http://docker';
  return async (path, method = 'GET') => {
    try {
      return await http({
        url: `${base}${path}`,
        method,
        ...(socketPath === undefined ? {} : { socketPath }),
      });
    } catch (cause) {
      throw new PartError({
        code: 'engine-unreachable',
        message: `no Docker engine answers at ${host}`,
        hint: 'Start it, or set DOCKER_HOST to the engine that should be used.',
        cause,
      });
    }
  };
}

async function askJson<T>(ask: Ask, path: string): Promise<T> {
  const response = await ask(path);
  if (response.status === 200) return (await response.json()) as T;
  throw new PartError({
    code: 'part-refused',
    message: `the Docker engine answered ${response.status} to ${path}: ${await response.text()}`,
    hint: 'Read the engine’s log.',
  });
}

async function listContainers(ask: Ask, registry: string): Promise<readonly ContainerListItem[]> {
  const all = await askJson<readonly ContainerListItem[]>(ask, '/containers/json?all=true');
  return all.filter((item) => item.Image.startsWith(`${registry}/`));
}

async function describe(ask: Ask, item: ContainerListItem): Promise<RunningContainer> {
  const image = await askJson<{ RepoDigests?: readonly string[] }>(ask, `/images/${item.ImageID}/json`);
  const digests = (image.RepoDigests ?? []).map((reference) => reference.slice(reference.indexOf('@') + 1));
  return {
    id: item.Id,
    name: nameOf(item),
    image: item.Image,
    digests: [...new Set([item.ImageID, ...digests])],
  };
}

/** A roll-out knows its instances by name of application: it would take these for the former version. */
function inUse(application: string, found: readonly ContainerListItem[], host: string): PartError {
  const names = found.map(nameOf).join(', ');
  return new PartError({
    code: 'engine-in-use',
    message: `the Docker engine at ${host} already runs instances of ${application} (${names}), which a rehearsal would replace`,
    hint: 'Wait for the other rehearsal, or set DOCKER_HOST to an engine of its own.',
  });
}

function nameOf(item: ContainerListItem): string {
  return (item.Names[0] ?? item.Id.slice(0, 12)).replace(/^\//, '');
}

async function removeAll(ask: Ask, registry: string): Promise<void> {
  const containers = await listContainers(ask, registry);
  await Promise.all(containers.map((item) => remove(ask, `/containers/${item.Id}?force=true&v=true`)));
  const networks = new Set(containers.flatMap((item) => Object.keys(item.NetworkSettings?.Networks ?? {})));
  const own = [...networks].filter((name) => !builtInNetworks.has(name));
  await Promise.all(own.map((name) => remove(ask, `/networks/${encodeURIComponent(name)}`)));
  const images = await askJson<readonly ImageListItem[]>(ask, '/images/json');
  for (const image of images) {
    const names = [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])];
    for (const name of names.filter((each) => each.startsWith(`${registry}/`))) {
      await remove(ask, `/images/${encodeURIComponent(name)}?force=true`);
    }
  }
}

/** 404 and 409 (gone, in use, being removed) are no reason to stop cleaning. */
async function remove(ask: Ask, path: string): Promise<void> {
  const response = await ask(path, 'DELETE');
  response.body.resume();
  if (response.status < 300 || response.status === 404 || response.status === 409 || response.status === 403)
    return;
  throw new PartError({
    code: 'part-refused',
    message: `the Docker engine answered ${response.status} to DELETE ${path}`,
    hint: 'Remove what is left by hand: docker ps -a, docker image ls.',
  });
}
