// A service of which one container at a time can be there, as a Target: whoever starts takes the place of whoever is there.
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import { type Identity, identityLabels, labelNames } from './identity.js';
import type { Instance, Target } from './target.js';

export interface GapOptions {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly stopGraceMs: number;
  /** A name that no other container has, for one whose own name another one takes. */
  readonly nameFor: (container: Container) => string;
}

/** The strategy stops the old instance before it starts a new one; names are given up here, and on the way back ports too. */
export function withGap(target: Target, options: GapOptions): Target {
  return {
    ...target,
    description: `${target.description}, restarts with a gap`,
    start: async (ordinal) => {
      await giveUpNames(options, await ours(options));
      return target.start(ordinal);
    },
    resume: async (instance) => {
      await makePlace(instance, options);
      return target.resume(instance);
    },
  };
}

function ours({ engine, identity }: GapOptions): Promise<readonly Container[]> {
  return engine.list(identityLabels(identity));
}

/** Names of the compose file are taken from containers that have them; they keep their labels. */
async function giveUpNames({ engine, nameFor }: GapOptions, containers: readonly Container[]): Promise<void> {
  for (const container of containers)
    if (container.name === nameIn(container)) await engine.rename(container.id, nameFor(container));
}

/** Stops all others, so that ports and name are free, and gives the instance its name back. */
async function makePlace({ id }: Instance, options: GapOptions): Promise<void> {
  const { engine, stopGraceMs } = options;
  const containers = await ours(options);
  const own = containers.find((container) => container.id === id);
  // One from before the service had ports or a name of its own takes nobody's place.
  if (own?.labels.get(labelNames.alone) !== 'true') return;
  const others = containers.filter((container) => container.id !== id);
  for (const other of others.filter(({ running }) => running)) {
    // Else it would come back when the engine restarts.
    await engine.setRestart(other.id, { name: 'no', maximumRetries: 0 });
    await engine.stop(other.id, stopGraceMs);
  }
  await giveUpNames(options, others);
  const name = nameIn(own);
  if (name !== null && own.name !== name) await engine.rename(id, name);
}

function nameIn({ labels }: Container): string | null {
  return labels.get(labelNames.name) ?? null;
}
