// The world as a Docker host and its proxy show it: the instances of one service, and slots that lead nowhere.
import { askAt, type Host } from './docker-host.js';
import { type Endpoint, isOnLoopback } from './endpoint.js';
import type { Container } from './engine-answers.js';
import { identityLabels, labelNames } from './identity.js';
import type { Slot } from './proxy-answers.js';
import { isInProxyNetwork } from './proxy-network.js';
import { straySlots, trafficOf } from './slots.js';
import type { Instance, World } from './target.js';

/** Slots that lead to an instance that is gone are put in maintenance on the way. */
export async function readWorld(host: Host): Promise<World> {
  const containers = await host.engine.list(identityLabels(host.identity));
  const running = containers.flatMap(reached);
  const notices: string[] = [];
  const slots = await host.proxy.slots();
  for (const { slot, kind } of straySlots(slots, new Set(running))) {
    const place = `slot ${slot.name} leads to ${slot.endpoint}`;
    if (kind === 'nowhere' && (await isForeign(host, slot))) {
      notices.push(`${place}, which answers, is not ours and was left alone`);
      continue;
    }
    await host.proxy.setState(slot.name, 'maint');
    notices.push(`${place}, where nothing of this service runs; it was put in maintenance`);
  }
  // Whoever changed them before may have ended between the change and the file.
  await host.proxy.keep();
  const instances: Instance[] = [];
  for (const container of containers) instances.push(await remember(host, container, slots));
  return { instances, notices };
}

/** The instances as they are, and what a deployment would mend: asked only, nothing is changed. */
export async function viewWorld(
  host: Pick<Host, 'engine' | 'proxy' | 'endpoints'>,
  containers: readonly Container[],
): Promise<World> {
  const slots = await host.proxy.slots();
  const running = containers.flatMap(reached);
  const notices = straySlots(slots, new Set(running)).map(
    ({ slot }) => `slot ${slot.name} leads to ${slot.endpoint}, where nothing of this service runs`,
  );
  const instances: Instance[] = [];
  for (const container of containers) instances.push(await remember(host, container, slots));
  return { instances, notices };
}

/** Somebody else's server, for instance the service as it ran before its first deployment from here. */
async function isForeign(host: Host, { endpoint }: Slot): Promise<boolean> {
  const isHere = isOnLoopback(endpoint) || (await isInProxyNetwork(endpoint, host.engine.places));
  return !isHere || (await askAt(host, endpoint)).ok;
}

function reached({ running, endpoint }: Container): readonly Endpoint[] {
  return running && endpoint !== null ? [endpoint] : [];
}

/** A container as an instance; where it answers is kept for when the engine does not answer. */
export async function remember(
  host: Pick<Host, 'engine' | 'endpoints'>,
  container: Container,
  slots: readonly Slot[],
): Promise<Instance> {
  const { id, name, labels, createdAt, startedAt, running, restarts, endpoint } = container;
  if (endpoint !== null) host.endpoints.set(id, endpoint);
  return {
    id,
    name,
    revision: labels.get(labelNames.revision) ?? '',
    digest: await digestOf(host, container),
    createdAt,
    startedAt,
    running,
    restarts,
    traffic: endpoint === null ? 'out' : trafficOf(slots, endpoint),
  };
}

/** The digest the engine really runs: the one asked for if the image is known under it, else what it is known under. */
async function digestOf(host: Pick<Host, 'engine'>, { labels, imageId }: Container): Promise<string> {
  const asked = labels.get(labelNames.digest) ?? '';
  const known = (await host.engine.imageDigests(imageId)) ?? [imageId];
  return known.includes(asked) ? asked : (known[0] ?? '');
}
