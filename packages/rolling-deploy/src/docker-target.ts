// A Docker host behind HAProxy as a Target: containers are instances, slots of the backend are places in the traffic.
import { ask, type DockerTargetOptions, type Host, portOf } from './docker-host.js';
import { readWorld, remember } from './docker-world.js';
import type { RestartPolicy } from './engine.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import { labelNames } from './identity.js';
import { refused, type Slot } from './proxy-answers.js';
import { slotFor, takeSlot } from './slots.js';
import {
  type Answer,
  type Counters,
  type Instance,
  noTraffic,
  type Observation,
  type Target,
} from './target.js';

const lastLinesCount = 20;

export function createDockerTarget(options: DockerTargetOptions): Target {
  const host: Host = { ...options, ports: new Map() };
  const { engine, proxy, transport, starter, identity } = options;
  return {
    description: `${identity.service} on ${transport.host}, engine API ${engine.apiVersion}`,
    read: () => readWorld(host),
    prepare: (signal) => starter.prepare(signal),
    start: async (ordinal) => remember(host, await starter.start(ordinal, await proxy.slots()), []),
    resume: (instance) => resume(instance, host),
    observe: async (instance) => observationOf(await engine.inspect(instance.id), await ask(host, instance)),
    answers: (instance) => ask(host, instance),
    admit: (instance) => takeSlot(proxy, portOf(host, instance), new Set(host.ports.values())),
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
      if ((await engine.inspect(instance.id)) === null) return;
      await stop(instance, host);
      await engine.remove(instance.id);
    },
    lastLines: (instance) => engine.logs(instance.id, lastLinesCount),
  };
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
  await host.engine.start(instance.id);
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
  return slotFor(await host.proxy.slots(), portOf(host, instance));
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

function observationOf(container: Container | null, answer: Answer): Observation {
  return {
    running: container?.running ?? false,
    restarts: container?.restarts ?? 0,
    exitCode: container === null || container.running ? null : container.exitCode,
    outOfMemory: container?.outOfMemory ?? false,
    health: container?.health ?? 'none',
    healthDetail: container?.healthDetail ?? '',
    answer,
  };
}

function restartOf({ labels }: Container): RestartPolicy {
  const [name, retries] = (labels.get(labelNames.restart) ?? 'no:0').split(':');
  const known = (['always', 'unless-stopped', 'on-failure'] as const).find((policy) => policy === name);
  return { name: known ?? 'no', maximumRetries: Number(retries) };
}
