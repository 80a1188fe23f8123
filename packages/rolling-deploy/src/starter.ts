// Makes new containers of one version: image by digest, networks, a port or an address of their own.
import type { Clock } from '@headgate/kit/clock';
import { createBody, type Version } from './container.js';
import { putFiles } from './container-files.js';
import { waitForNeeds } from './dependencies.js';
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import type { RegistryAuth } from './engine-images.js';
import { DeployError } from './errors.js';
import { anyPort, isPlaceTaken, placeAttempts } from './host-port.js';
import type { Identity } from './identity.js';
import type { Slot } from './proxy-answers.js';
import { ensureProxyNetwork, joinProxyNetwork } from './proxy-network.js';
import { connectNetworks, ensurePlaces } from './service-places.js';
import { startInstance } from './start-once.js';

export interface Starter {
  /** Whether it was there before: kept instances are stopped again and not removed. */
  isKept(id: string): boolean;
  prepare(signal: AbortSignal): Promise<void>;
  start(ordinal: number, slots: readonly Slot[]): Promise<Container>;
}

export interface StarterOptions {
  readonly engine: Engine;
  readonly version: Version;
  readonly identity: Identity;
  readonly auth: RegistryAuth | null;
  readonly clock: Clock;
  /** Milliseconds for what the service depends on to be there. */
  readonly needsDeadlineMs: number;
  /** A number in [0, 1); injected so that tests decide. */
  readonly random: () => number;
}

/** For whoever only undoes. */
export const noStarter: Starter = {
  isKept: () => false,
  prepare: () => Promise.resolve(),
  start: () => Promise.reject(new Error('an undo starts no new instance')),
};

export function createStarter(options: StarterOptions): Starter {
  const { engine, version, auth, clock, needsDeadlineMs: deadlineMs } = options;
  return {
    isKept: () => false,
    prepare: async (signal) => {
      const known = await engine.imageDigests(version.image);
      // Already there: no registry is asked, so going back works with the registry away.
      if (known === null) await engine.pull(version.image, auth, signal);
      await ensurePlaces(version.service, engine);
      if (version.reach === 'address') await ensureProxyNetwork(engine.places);
      await waitForNeeds(version.service, { engine, clock, signal, deadlineMs });
    },
    start: async (ordinal, slots) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await startOnce(ordinal, slots, options);
        } catch (error) {
          if (attempt === placeAttempts || !isPlaceTaken(error)) throw error;
        }
      }
    },
  };
}

async function startOnce(
  ordinal: number,
  slots: readonly Slot[],
  options: StarterOptions,
): Promise<Container> {
  const { engine, version, identity, random } = options;
  const slot = slots.find(({ state }) => state === 'maint')?.name ?? '';
  const byPort = version.containerPort !== null && version.reach === 'port';
  const port = byPort ? anyPort(random) : null;
  const name = version.service.containerName ?? instanceName(version, random);
  const id = await engine.create(name, createBody(version, { identity, ordinal, slot, port }));
  try {
    await connectNetworks(id, version.service, engine);
    if (version.reach === 'address') await joinProxyNetwork(id, engine.places, random);
    await putFiles(engine, id, version.service.files);
    await startInstance(id, 0, engine);
    const container = await engine.inspect(id);
    if (container !== null) return container;
    throw new DeployError({
      code: 'engine-refused',
      message: `${name} was gone right after its start`,
      hint: 'Find out who else removes containers on this host.',
    });
  } catch (error) {
    await engine.remove(id).catch(() => undefined);
    throw error;
  }
}

/** A name that no other container has; its revision is for people. */
export function instanceName(
  { service: { project, service }, revision }: Pick<Version, 'service' | 'revision'>,
  random: () => number,
): string {
  const unique = Math.floor(random() * 0x1000000)
    .toString(16)
    .padStart(6, '0');
  return `${project}-${service}-${revision.slice(0, 8)}-${unique}`;
}
