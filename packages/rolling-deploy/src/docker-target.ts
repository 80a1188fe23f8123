// A Docker host behind HAProxy as a Target: containers are instances, slots of the backend are places in the traffic.
import type { Clock } from '@headgate/kit/clock';
import { type Identity, identityLabels, labelNames } from './container.js';
import type { Engine, RestartPolicy } from './engine.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import type { ProxyControl } from './proxy.js';
import type { Slot } from './proxy-answers.js';
import type { Starter } from './starter.js';
import type { Answer, Counters, Instance, Observation, Target, World } from './target.js';
import type { Transport } from './transport.js';

/** Milliseconds one health request may take. */
const askDeadlineMs = 5_000;
const lastLinesCount = 20;

export interface DockerTargetOptions {
  readonly transport: Transport;
  readonly clock: Clock;
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
  const slotOf = async (instance: Instance): Promise<Slot | undefined> => {
    const port = host.ports.get(instance.id);
    return (await proxy.slots()).find((slot) => slot.port === port);
  };
  const stop = async (instance: Instance): Promise<void> => {
    // Else "always" would bring a kept container back when the engine restarts.
    await engine.setRestart(instance.id, { name: 'no', maximumRetries: 0 });
    await engine.stop(instance.id, options.stopGraceMs);
  };
  return {
    description: `${identity.service} on ${transport.host}, engine API ${engine.apiVersion}`,
    read: () => readWorld(host),
    prepare: (signal) => starter.prepare(signal),
    start: async (ordinal) => remember(host, await starter.start(ordinal, await proxy.slots()), []),
    resume: async (instance) => {
      await stop(instance);
      const before = await found(host, instance);
      await engine.setRestart(instance.id, restartOf(before));
      await engine.start(instance.id);
      return remember(host, await found(host, instance), []);
    },
    observe: async (instance) => observationOf(await engine.inspect(instance.id), await ask(host, instance)),
    answers: (instance) => ask(host, instance),
    admit: (instance) => admit(instance, host),
    drain: async (instance) => {
      const slot = await slotOf(instance);
      if (slot?.state === 'ready') await proxy.setState(slot.name, 'drain');
    },
    dismiss: async (instance) => {
      const slot = await slotOf(instance);
      if (slot !== undefined && slot.state !== 'maint') await proxy.setState(slot.name, 'maint');
    },
    counters: async (instance) => {
      const slot = await slotOf(instance);
      const stat = (await proxy.stats()).find(({ name }) => name === slot?.name);
      return stat ?? nothing;
    },
    stop,
    remove: async (instance) => {
      if ((await engine.inspect(instance.id)) === null) return;
      await stop(instance);
      await engine.remove(instance.id);
    },
    lastLines: (instance) => engine.logs(instance.id, lastLinesCount),
  };
}

const nothing: Counters = { responses: 0, errors: 0, sessions: 0 };

async function readWorld(host: Host): Promise<World> {
  const containers = await host.engine.list(identityLabels(host.identity));
  const notices: string[] = [];
  const slots = await mended(await host.proxy.slots(), containers, { host, notices });
  const instances: Instance[] = [];
  for (const container of containers) instances.push(await remember(host, container, slots));
  return { instances, notices };
}

/** Slots that lead nowhere go to maintenance; servers that answer and are not ours are left alone, and said. */
async function mended(
  slots: readonly Slot[],
  containers: readonly Container[],
  { host, notices }: { readonly host: Host; readonly notices: string[] },
): Promise<readonly Slot[]> {
  const taken = new Set<number>();
  const kept: Slot[] = [];
  for (const slot of slots) {
    const ours =
      containers.some(({ running, port }) => running && port === slot.port) && !taken.has(slot.port);
    if (slot.state === 'maint' || ours) {
      if (slot.state !== 'maint') taken.add(slot.port);
      kept.push(slot);
      continue;
    }
    const foreign = !taken.has(slot.port) && slot.address !== '127.0.0.1';
    if (foreign || (!taken.has(slot.port) && (await askPort(host, slot.port)).ok)) {
      notices.push(
        `slot ${slot.name} leads to ${slot.address}:${slot.port}, which is not ours and was left alone`,
      );
      continue;
    }
    await host.proxy.setState(slot.name, 'maint');
    notices.push(`slot ${slot.name} led to ${slot.address}:${slot.port}, where nothing of this service runs`);
  }
  return kept;
}

async function remember(host: Host, container: Container, slots: readonly Slot[]): Promise<Instance> {
  if (container.port !== null) host.ports.set(container.id, container.port);
  const slot = slots.find(({ port, state }) => port === container.port && state !== 'maint');
  return {
    id: container.id,
    name: container.name,
    revision: container.labels[labelNames.revision] ?? '',
    digest: await digestOf(host, container),
    createdAt: container.createdAt,
    running: container.running,
    traffic: slot === undefined ? 'out' : slot.state === 'drain' ? 'draining' : 'in',
  };
}

/** The digest the engine really runs: the one asked for if the image is known under it, else what it is known under. */
async function digestOf(host: Host, container: Container): Promise<string> {
  const asked = container.labels[labelNames.digest] ?? '';
  const known = (await host.engine.imageDigests(container.imageId)) ?? [container.imageId];
  return known.includes(asked) ? asked : (known[0] ?? '');
}

async function admit(instance: Instance, { proxy, ports }: Host): Promise<void> {
  const port = ports.get(instance.id);
  if (port === undefined) throw noPort(instance);
  const slots = await proxy.slots();
  const own = slots.find((slot) => slot.port === port);
  const slot = own ?? freeSlot(slots, new Set(ports.values()));
  try {
    if (own === undefined) await proxy.point(slot.name, port);
    if (own?.state !== 'ready') await proxy.setState(slot.name, 'ready');
    await proxy.taken(slot.name, port);
  } catch (error) {
    await proxy.setState(slot.name, 'maint').catch(() => undefined);
    throw error;
  }
}

/** A slot in maintenance, one that leads to none of our containers before one that does. */
function freeSlot(slots: readonly Slot[], ports: ReadonlySet<number>): Slot {
  const free = slots.filter(({ state }) => state === 'maint');
  const slot = free.find(({ port }) => !ports.has(port)) ?? free[0];
  if (slot !== undefined) return slot;
  throw new DeployError({
    code: 'no-free-slot',
    message: `none of the backend’s ${slots.length} slots is in maintenance, so there is no place for a new instance`,
    hint: 'Raise the number in the backend’s server-template to instances + 1 or more.',
  });
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

function restartOf(container: Container): RestartPolicy {
  const [name, retries] = (container.labels[labelNames.restart] ?? 'no:0').split(':');
  const known = (['always', 'unless-stopped', 'on-failure'] as const).find((policy) => policy === name);
  return { name: known ?? 'no', maximumRetries: Number(retries ?? '0') };
}

function noPort(instance: Instance): DeployError {
  return new DeployError({
    code: 'engine-refused',
    message: `${instance.name} publishes no port on the host’s loopback`,
    hint: 'Remove the container; it was not made by this version of the action.',
  });
}
