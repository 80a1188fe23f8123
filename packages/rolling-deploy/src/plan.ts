// Decides, from the world as read, what one deployment has to do; pure, and blind to the kind of target.
import type { Instance, World } from './target.js';

export interface Wanted {
  readonly revision: string;
  readonly instances: number;
}

/** What a lost run left behind and must be put right first. */
export interface Recovery {
  /** Nothing is in traffic although something runs: these get it back if they answer. */
  readonly readmit: readonly Instance[];
  /** Still draining, or a third version in traffic, neither the former nor the wanted one: drained, then removed. */
  readonly retire: readonly Instance[];
  /** Half-started: no request ever reached them. */
  readonly remove: readonly Instance[];
}

/** One place in the service: who takes it, and whose place it was. */
export interface Swap {
  /** From 1. */
  readonly ordinal: number;
  /** An instance of the wanted version that already serves; null: start one. */
  readonly keep: Instance | null;
  readonly replace: readonly Instance[];
}

export interface RolloutPlan {
  /** The version to come back to; null when nothing serves. */
  readonly baseline: string | null;
  readonly former: readonly Instance[];
  /** Of other versions, in traffic before anything was begun: an undo takes them out too. */
  readonly strangers: readonly Instance[];
  readonly swaps: readonly Swap[];
  /** Nothing to start, nothing to replace. */
  readonly unchanged: boolean;
}

export function planRecovery(world: World, wanted: Wanted): Recovery {
  const serving = servingOf(world);
  const idle = world.instances.filter((instance) => instance.running && instance.traffic !== 'in');
  if (serving.length === 0) return { readmit: bestIdle(idle), retire: [], remove: [] };

  const baseline = oldest(serving)?.revision ?? null;
  const strange = ({ revision }: Instance): boolean => revision !== baseline && revision !== wanted.revision;
  const draining = idle.filter(({ traffic }) => traffic === 'draining');
  const halfStarted = idle.filter(({ traffic }) => traffic === 'out');
  return { readmit: [], retire: [...serving.filter(strange), ...draining], remove: halfStarted };
}

/** Plans the swaps from a world after recovery. */
export function planRollout(world: World, wanted: Wanted): RolloutPlan {
  const serving = servingOf(world);
  const baseline = oldest(serving)?.revision ?? null;
  const done = serving.filter((instance) => instance.revision === wanted.revision);
  const kept = done.slice(0, wanted.instances);
  const replaced = [
    ...serving.filter((instance) => instance.revision !== wanted.revision),
    ...done.slice(wanted.instances),
  ];
  const swaps = Array.from({ length: wanted.instances }, (_, index): Swap => {
    const last = index === wanted.instances - 1;
    const replace = last ? replaced.slice(index) : replaced.slice(index, index + 1);
    return { ordinal: index + 1, keep: kept[index] ?? null, replace };
  });
  return {
    baseline,
    former: serving.filter((instance) => instance.revision === baseline),
    strangers: serving.filter((instance) => instance.revision !== baseline),
    swaps,
    unchanged: replaced.length === 0 && kept.length === wanted.instances,
  };
}

export function servingOf(world: World): readonly Instance[] {
  return world.instances.filter((instance) => instance.running && instance.traffic === 'in');
}

/** Draining ones first (they served last), then the version that has existed longest. */
function bestIdle(idle: readonly Instance[]): readonly Instance[] {
  const draining = idle.filter((instance) => instance.traffic === 'draining');
  const pool = draining.length > 0 ? draining : idle;
  const revision = oldest(pool)?.revision;
  return idle.filter((instance) => instance.revision === revision);
}

function oldest(instances: readonly Instance[]): Instance | undefined {
  return instances.reduce<Instance | undefined>(
    (first, next) => (first === undefined || next.createdAt < first.createdAt ? next : first),
    undefined,
  );
}

/** Digest that serves before the plan is carried out; null when nothing does. */
export function servedDigest(plan: RolloutPlan): string | null {
  return plan.former[0]?.digest ?? null;
}
