// Decides, from the world as read, what one deployment has to do; pure, and blind to the kind of target.
import type { Instance, World } from './target.js';
import type { Hand } from './undo.js';

export interface Wanted {
  readonly revision: string;
  readonly instances: number;
}

/** What a lost run left behind and must be put right first. */
export interface Recovery {
  /** Nothing is in traffic although something runs: these get it back if they answer. */
  readonly readmit: readonly Instance[];
  /** The set that stood ready beside the one that serves: stopped and kept, so that going back stays possible. */
  readonly park: readonly Instance[];
  /** Still draining, or a third version in traffic, neither the former nor the wanted one: drained, then removed. */
  readonly retire: readonly Instance[];
  /** Half-started: no request ever reached them. */
  readonly remove: readonly Instance[];
}

export interface RolloutPlan {
  /** The version to come back to; null when nothing serves. */
  readonly baseline: string | null;
  readonly former: readonly Instance[];
  /** Of other versions, in traffic before anything was begun: an undo takes them out too. */
  readonly strangers: readonly Instance[];
  /** Of the wanted version, in traffic already; no more than wanted. */
  readonly kept: readonly Instance[];
  /** Everything in traffic that goes. */
  readonly replaced: readonly Instance[];
  /** Nothing to start, nothing to replace. */
  readonly unchanged: boolean;
}

export function planRecovery(world: World, wanted: Wanted): Recovery {
  const serving = servingOf(world);
  const idle = world.instances.filter((instance) => instance.running && !serves(instance));
  const neverStarted = world.instances.filter(({ running, startedAt }) => !running && startedAt === 0);
  if (serving.length === 0) return { readmit: bestIdle(idle), park: [], retire: [], remove: neverStarted };

  const baseline = oldest(serving)?.revision ?? null;
  const strange = ({ revision }: Instance): boolean => revision !== baseline && revision !== wanted.revision;
  const draining = idle.filter(({ traffic }) => traffic === 'draining');
  const park = idle.filter(({ traffic, revision }) => traffic === 'warm' && revision !== wanted.revision);
  const halfStarted = idle.filter(({ traffic }) => traffic === 'out');
  const retire = [...serving.filter(strange), ...draining];
  return { readmit: [], park, retire, remove: [...halfStarted, ...neverStarted] };
}

/** What goes and what stays, from a world after recovery. */
export function planRollout(world: World, wanted: Wanted): RolloutPlan {
  const serving = servingOf(world);
  const baseline = oldest(serving)?.revision ?? null;
  // What stands ready was healthy already: a lost run had not yet given it traffic.
  const present = world.instances.filter(
    (instance) => instance.running && (serves(instance) || instance.traffic === 'warm'),
  );
  const done = present.filter((instance) => instance.revision === wanted.revision);
  const kept = done.slice(0, wanted.instances);
  const replaced = [
    ...serving.filter((instance) => instance.revision !== wanted.revision),
    ...done.slice(wanted.instances),
  ];
  return {
    baseline,
    former: serving.filter((instance) => instance.revision === baseline),
    strangers: present.filter((instance) => instance.revision !== baseline),
    kept,
    replaced,
    unchanged: replaced.length === 0 && kept.length === wanted.instances && kept.every(serves),
  };
}

/** What brings back the version that this one replaced last, from a world in which it serves; null when none is kept. */
export function planReturn(world: World, wanted: Wanted): Hand | null {
  const kept = world.instances.filter(({ running, revision }) => !running && revision !== wanted.revision);
  const last = kept.reduce<Instance | null>(
    (newest, next) => (newest === null || next.startedAt > newest.startedAt ? next : newest),
    null,
  );
  if (last === null) return null;
  const former = kept.filter(({ revision }) => revision === last.revision);
  return { former, fresh: servingOf(world), stopping: former.map(({ id }) => id), condemned: null };
}

export interface Keeping {
  /** Just replaced, by this roll-out. */
  readonly retired: readonly Instance[];
  readonly wanted: Wanted;
  /** Former versions that stay. */
  readonly keepReleases: number;
}

/** Which stopped instances go: those of the wanted version, and of all but the versions that served last. */
export function planCleanUp(
  stopped: readonly Instance[],
  { retired, wanted, keepReleases }: Keeping,
): readonly Instance[] {
  const isRetired = ({ id }: Instance): boolean => retired.some((one) => one.id === id);
  // An attempt to go back may have started an older one later than what served then.
  const order = [...stopped].sort(
    (one, other) => Number(isRetired(other)) - Number(isRetired(one)) || other.startedAt - one.startedAt,
  );
  const former = order.filter(({ revision }) => revision !== wanted.revision);
  const kept = [...new Set(former.map(({ revision }) => revision))].slice(0, keepReleases);
  return stopped.filter((instance) => !isRetired(instance) && !kept.includes(instance.revision));
}

function serves({ traffic }: Instance): boolean {
  return traffic === 'in' || traffic === 'some';
}

export function servingOf(world: World): readonly Instance[] {
  return world.instances.filter((instance) => instance.running && serves(instance));
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
