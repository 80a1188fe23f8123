// The networks and volumes of a service: made as Compose makes them, or demanded where they are somebody else's.
import { composeNetworkLabels } from './container.js';
import type { Engine } from './engine.js';
import { DeployError } from './errors.js';
import type { ServiceDefinition } from './service.js';

type Engines = Pick<Engine, 'places' | 'ensureNetwork'>;
type Places = Pick<ServiceDefinition, 'project' | 'networks' | 'volumes'>;

/** @throws {DeployError} dependency-missing for an external network or volume that is not there */
export async function ensurePlaces(service: Places, engine: Engines): Promise<void> {
  await ensureNetworks(service, engine);
  const { project, volumes } = service;
  for (const { key, name, external } of volumes) {
    if (!external) {
      const labels = { 'com.docker.compose.project': project, 'com.docker.compose.volume': key };
      await engine.places.createVolume(name, labels);
    } else if (!(await engine.places.hasVolume(name))) throw missing('volume', name);
  }
}

/** @throws {DeployError} dependency-missing for an external network that is not there */
export async function ensureNetworks(service: Omit<Places, 'volumes'>, engine: Engines): Promise<void> {
  for (const { key, name, external } of service.networks) {
    if (!external) await engine.ensureNetwork(name, composeNetworkLabels(service, key));
    else if (!(await engine.places.hasNetwork(name))) throw missing('network', name);
  }
}

/** The networks beside the first, which the engine is told at creation: API versions before 1.44 take one there. */
export async function connectNetworks(
  id: string,
  { networks: [, ...others] }: Pick<ServiceDefinition, 'networks'>,
  engine: Engines,
): Promise<void> {
  for (const { name, aliases } of others) await engine.places.connectNetwork(name, id, aliases);
}

function missing(kind: 'network' | 'volume', name: string): DeployError {
  return new DeployError({
    code: 'dependency-missing',
    message: `the ${kind} ${name} is external in the compose file, and the host has none`,
    hint: `Create it on the host (docker ${kind} create ${name}), or remove external: true.`,
  });
}
