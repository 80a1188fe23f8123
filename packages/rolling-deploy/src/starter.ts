// Makes new containers of one version: image by digest, network, a loopback port of their own.

import { composeNetworkLabels, createBody, networkOf, type Version } from './container.js';
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import type { RegistryAuth } from './engine-images.js';
import { DeployError } from './errors.js';
import type { Identity } from './identity.js';
import type { Slot } from './proxy-answers.js';

export interface Starter {
  prepare(signal: AbortSignal): Promise<void>;
  start(ordinal: number, slots: readonly Slot[]): Promise<Container>;
}

export interface StarterOptions {
  readonly engine: Engine;
  readonly version: Version;
  readonly identity: Identity;
  readonly auth: RegistryAuth | null;
  /** A number in [0, 1); injected so that tests decide. */
  readonly random: () => number;
}

/** For whoever only undoes. */
export const noStarter: Starter = {
  prepare: () => Promise.resolve(),
  start: () => Promise.reject(new Error('an undo starts no new instance')),
};

/** Below the range from which systems take ports for outgoing connections (32768 on Linux). */
const firstPort = 20_000;
const portCount = 12_000;
const portAttempts = 8;

export function createStarter(options: StarterOptions): Starter {
  const { engine, version, auth } = options;
  return {
    prepare: async (signal) => {
      const known = await engine.imageDigests(version.image);
      // Already there: no registry is asked, so going back works with the registry away.
      if (known === null) await engine.pull(version.image, auth, signal);
      await engine.ensureNetwork(networkOf(version.service), composeNetworkLabels(version.service));
    },
    start: async (ordinal, slots) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await startOnce(ordinal, slots, options);
        } catch (error) {
          if (attempt === portAttempts || !isPortTaken(error)) throw error;
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
  const port = firstPort + Math.floor(random() * portCount);
  const unique = Math.floor(random() * 0x1000000)
    .toString(16)
    .padStart(6, '0');
  const name = `${version.service.project}-${version.service.service}-${version.revision.slice(0, 8)}-${unique}`;
  const id = await engine.create(name, createBody(version, { identity, ordinal, slot, port }));
  try {
    await engine.start(id);
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

function isPortTaken(error: unknown): boolean {
  return (
    error instanceof DeployError && /port is already allocated|address already in use/i.test(error.message)
  );
}
