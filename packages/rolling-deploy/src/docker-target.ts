// A Docker host behind HAProxy as a Target: containers are instances, slots of the backend are places in the traffic.

import type { Engine, RestartPolicy } from './engine.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import { type Identity, identityLabels, labelNames } from './identity.js';
import type { ProxyControl } from './proxy.js';
import { refused, type Slot } from './proxy-answers.js';
import { slotFor, straySlots, takeSlot, trafficOf } from './slots.js';
import type { Starter } from './starter.js';
import {
  type Answer,
  type Counters,
  type Instance,
  noTraffic,
  type Observation,
  type Target,
  type World,
} from './target.js';
import type { Transport } from './transport.js';

/** Milliseconds one health request may take. */
const askDeadlineMs = 5_000;
const lastLinesCount = 20;

export interface DockerTargetOptions {
  readonly transport: Transport;
  readonly engine: Engine;
  readonly proxy: ProxyControl;
  readonly identity: Identity;
  readonly starter: Starter;
  readonly healthPath: string;
  readonly stopGraceMs: number;
}

interface Host extends DockerTargetOptions {
  /** Loopback port of each container seen: what the proxy needs still works when the engine does not answer. */
  readonly ports: Map<string, number>;
}

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

async function readWorld(host: Host): Promise<World> {
  const containers = await host.engine.list(identityLabels(host.identity));
  const running = containers.flatMap(({ running, port }) => (running && port !== null ? [port] : []));
  const notices: string[] = [];
  const slots = await host.proxy.slots();
  for (const { slot, kind } of straySlots(slots, new Set(running))) {
    const place = `slot ${slot.name} leads to ${slot.address}:${slot.port}`;
    if (kind === 'nowhere' && (await isForeign(host, slot))) {
      notices.push(`${place}, which answers, is not ours and was left alone`);
      continue;
    }
    await host.proxy.setState(slot.name, 'maint');
    notices.push(`${place}, where nothing of this service runs; it was put in maintenance`);
  }
  const instances: Instance[] = [];
  for (const container of containers) instances.push(await remember(host, container, slots));
  return { instances, notices };
}

/** Somebody else's server, for instance the service as it ran before its first deployment from here. */
async function isForeign(host: Host, { address, port }: Slot): Promise<boolean> {
  return address !== '127.0.0.1' || (await askPort(host, port)).ok;
}

async function remember(host: Host, container: Container, slots: readonly Slot[]): Promise<Instance> {
  const { id, name, labels, createdAt, running, restarts, port } = container;
  if (port !== null) host.ports.set(id, port);
  return {
    id,
    name,
    revision: labels.get(labelNames.revision) ?? '',
    digest: await digestOf(host, container),
    createdAt,
    running,
    restarts,
    traffic: port === null ? 'out' : trafficOf(slots, port),
  };
}

/** The digest the engine really runs: the one asked for if the image is known under it, else what it is known under. */
async function digestOf(host: Host, { labels, imageId }: Container): Promise<string> {
  const asked = labels.get(labelNames.digest) ?? '';
  const known = (await host.engine.imageDigests(imageId)) ?? [imageId];
  return known.includes(asked) ? asked : (known[0] ?? '');
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

async function ask(host: Host, instance: Instance): Promise<Answer> {
  const port = host.ports.get(instance.id);
  return port === undefined ? { ok: false, detail: 'no published port' } : askPort(host, port);
}

async function askPort({ transport, healthPath }: Host, port: number): Promise<Answer> {
  try {
    const status = await transport.ask(port, healthPath, askDeadlineMs);
    return { ok: status >= 200 && status < 400, detail: String(status) };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
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

function portOf({ ports }: Host, instance: Instance): number {
  const port = ports.get(instance.id);
  if (port !== undefined) return port;
  throw new DeployError({
    code: 'engine-refused',
    message: `${instance.name} publishes no port on the host’s loopback`,
    hint: 'Remove the container; it was not made by this version of the action.',
  });
}
