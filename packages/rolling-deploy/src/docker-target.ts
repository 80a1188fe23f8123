// A Docker host behind HAProxy as a Target: containers are instances, slots of the backend are places in the traffic.
import { ask, type DockerTargetOptions, endpointOf, type Host } from './docker-host.js';
import { watchEngine } from './docker-watch.js';
import { readWorld, remember } from './docker-world.js';
import type { Endpoint } from './endpoint.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import { listenersOf } from './listeners.js';
import { refused, type Slot } from './proxy-answers.js';
import { restartOf } from './restart.js';
import { type Place, slotChanges, slotFor, takeSlot } from './slots.js';
import { startInstance } from './start-once.js';
import {
  type Answer,
  type Counters,
  type Instance,
  noTraffic,
  type Observation,
  type Target,
} from './target.js';
import { withRoutes } from './variant-routes.js';
import { fullWeight } from './weights.js';

const lastLinesCount = 20;

export function createDockerTarget(options: DockerTargetOptions): Target {
  const host: Host = { ...options, endpoints: new Map() };
  const { engine, proxy, transport, starter, identity, map } = options;
  const target: Target = {
    description: `${identity.service} on ${transport.host}, engine API ${engine.apiVersion}`,
    read: () => readWorld(host),
    prepare: (signal) => starter.prepare(signal),
    start: async (ordinal) => remember(host, await starter.start(ordinal, await proxy.slots()), []),
    resume: (instance) => resume(instance, host),
    observe: async (instance) => observationOf(await engine.inspect(instance.id), await ask(host, instance)),
    watch: () => watchEngine(engine, identity),
    listening: async (instance) => {
      const container = await found(host, instance);
      return { listeners: await listenersOf(container, transport.files), port: container.innerPort };
    },
    answers: (instance) => ask(host, instance),
    admit: (instance) => takeSlot(proxy, placeOf(host, instance, fullWeight)),
    join: (instance) => takeSlot(proxy, placeOf(host, instance, 0)),
    split: async ({ fresh, former, percent }) => {
      const endpoints = { fresh: endpointsOf(host, fresh), former: endpointsOf(host, former) };
      await proxy.change(slotChanges(await proxy.slots(), endpoints, percent));
    },
    drain: async (instance) => {
      const slot = await slotOf(host, instance);
      if (slot?.state === 'ready') await proxy.setState(slot.name, 'drain');
    },
    dismiss: async (instance) => {
      const slot = await slotOf(host, instance);
      if (slot !== undefined && slot.state !== 'maint') await proxy.setState(slot.name, 'maint');
    },
    counters: (instance) => counters(instance, host),
    stop: (instance) => stop(instance, host),
    remove: async (instance) => {
      const container = await engine.inspect(instance.id);
      if (container === null) return;
      await stop(instance, host);
      if (!starter.isKept(instance.id) && !servedBefore(container)) await engine.remove(instance.id);
    },
    lastLines: (instance) => engine.logs(instance.id, lastLinesCount),
  };
  if (map === undefined) return target;
  return withRoutes(target, { proxy, map, endpointsOf: (instances) => endpointsOf(host, instances) });
}

function placeOf(host: Host, instance: Instance, weight: number): Place {
  return { endpoint: endpointOf(host, instance), known: new Set(host.endpoints.values()), weight };
}

function endpointsOf(host: Host, instances: readonly Instance[]): readonly Endpoint[] {
  return instances.flatMap(({ id }) => host.endpoints.get(id) ?? []);
}

async function stop(instance: Instance, { engine, stopGraceMs }: Host): Promise<void> {
  // Else "always" would bring a kept container back when the engine restarts.
  await engine.setRestart(instance.id, { name: 'no', maximumRetries: 0 });
  await engine.stop(instance.id, stopGraceMs);
}

/** Stops it first: a stop that was begun and not waited for would take it away again. */
async function resume(instance: Instance, host: Host): Promise<Instance> {
  await stop(instance, host);
  const kept = await found(host, instance);
  await host.engine.setRestart(instance.id, restartOf(kept));
  await startInstance(instance.id, kept.startedAt, host.engine);
  return remember(host, await found(host, instance), []);
}

async function counters(instance: Instance, host: Host): Promise<Counters> {
  const slot = await slotOf(host, instance);
  if (slot === undefined) return noTraffic;
  const stat = (await host.proxy.stats()).find(({ name }) => name === slot.name);
  // Zero would mean "no request left", which is not known.
  if (stat === undefined) throw refused(`show stat for ${slot.name}`, 'it has no such server');
  return stat;
}

async function slotOf(host: Host, instance: Instance): Promise<Slot | undefined> {
  return slotFor(await host.proxy.slots(), endpointOf(host, instance));
}

async function found({ engine }: Host, instance: Instance): Promise<Container> {
  const container = await engine.inspect(instance.id);
  if (container !== null) return container;
  throw new DeployError({
    code: 'engine-refused',
    message: `${instance.name} is gone from the engine`,
    hint: 'Find out who else removes containers on this host.',
  });
}

/**
 * It was stopped once and started again, by us: a kept release that was to come back, also in the eyes of another
 * process. Docker's count of restarts begins anew with such a start, and its own restarts count.
 */
function servedBefore({ running, endedAt, restarts }: Container): boolean {
  return running && endedAt > 0 && restarts === 0;
}

export function observationOf(container: Container | null, answer: Answer): Observation {
  return {
    running: container?.running ?? false,
    restarting: container?.restarting ?? false,
    restarts: container?.restarts ?? 0,
    startedAt: container?.startedAt ?? 0,
    exitCode: container === null || container.running ? null : container.exitCode,
    outOfMemory: container?.outOfMemory ?? false,
    health: container?.health ?? 'none',
    healthDetail: container?.healthDetail ?? '',
    answer,
  };
}
