// Several Docker engines of one machine as one: each holds its hosts' containers, and builds happen on the first.
import type { DockerPart } from './docker.js';

export function joinEngines(engines: readonly [DockerPart, ...DockerPart[]]): DockerPart {
  const [first, ...others] = engines;
  if (others.length === 0) return first;
  const each = async <T>(work: (engine: DockerPart) => Promise<readonly T[]>): Promise<readonly T[]> =>
    (await Promise.all(engines.map(work))).flat();
  return {
    address: first.address,
    version: async () => (await each(async (engine) => [await engine.version()])).join(', '),
    removeLeftovers: () => each((engine) => engine.removeLeftovers()),
    containers: (registry) => each((engine) => engine.containers(registry)),
    imageAt: async (endpoint) => {
      const found = await each(async (engine) => [await engine.imageAt(endpoint)]);
      return found.find((image) => image !== null) ?? null;
    },
    removeImages: (ids) => first.removeImages(ids),
    removeAll: async (registry) => {
      await each(async (engine) => [await engine.removeAll(registry)]);
    },
  };
}
