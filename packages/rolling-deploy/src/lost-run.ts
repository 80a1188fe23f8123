// What a lost run left in its journal, held against what is there: undone for another release, gone on with for the same.
import { planRollout, type RolloutPlan, servingOf, type Wanted } from './plan.js';
import type { Instance, World } from './target.js';
import type { Hand } from './undo.js';

/** A run that ended in the middle. */
export interface LostRun {
  /** For people: the run's address. */
  readonly url: string;
  readonly revision: string;
  readonly digest: string;
  readonly step: { readonly kind: string; readonly subject: string; readonly at: number };
  readonly state: 'open' | 'held';
  readonly hand: Hand | null;
}

/**
 * What is to undo of it: instances are those that are there now, by the ids that it wrote down. Null when nothing is, or
 * when it would take away what serves without giving anything back.
 */
export function handLeft({ hand, revision }: LostRun, world: World): Hand | null {
  const former = formerLeft(hand, revision, world);
  const [first] = former;
  if (first === undefined || hand === null) return null;
  const begun = (instance: Instance): boolean =>
    instance.revision === revision || hand.fresh.some(({ id }) => id === instance.id);
  const fresh = world.instances.filter(
    (instance) => instance.running && begun(instance) && !former.includes(instance),
  );
  // Somebody else has deployed since: the journal tells of another world.
  const others = servingOf(world).filter(
    (instance) => !former.includes(instance) && !fresh.includes(instance),
  );
  if (others.some((instance) => instance.revision !== first.revision)) return null;
  const stopping = former.filter(({ id, running }) => !running || hand.stopping.includes(id));
  return { former, fresh, stopping: stopping.map(({ id }) => id), condemned: null };
}

/** Plans from a world after recovery. Of the same release, what the lost run replaced already counts as its former version. */
export function planOnward(world: World, wanted: Wanted, lost: LostRun | null): RolloutPlan {
  const plan = planRollout(world, wanted);
  if (lost === null || lost.revision !== wanted.revision || plan.unchanged) return plan;
  const left = formerLeft(lost.hand, lost.revision, world);
  const [first] = left;
  if (first === undefined || ![null, wanted.revision, first.revision].includes(plan.baseline)) return plan;
  const present = [...plan.former, ...plan.strangers];
  const former = [...left, ...plan.former.filter(({ revision }) => revision === first.revision)];
  return {
    ...plan,
    baseline: first.revision,
    former: [...new Map(former.map((instance) => [instance.id, instance])).values()],
    strangers: present.filter(({ revision }) => revision !== first.revision),
  };
}

/** Those of one version, other than the one that the run brought. */
export function formerLeft(hand: Hand | null, revision: string, { instances }: World): readonly Instance[] {
  const known = new Set(hand?.former.map(({ id }) => id));
  const left = instances.filter((instance) => known.has(instance.id) && instance.revision !== revision);
  return left.filter((instance) => instance.revision === left[0]?.revision);
}

export function describeLost({ url, step, state }: LostRun): string {
  const at = new Date(step.at).toISOString();
  const place = [step.kind, step.subject].filter((part) => part !== '').join(' ');
  return state === 'held' ? `${url} was cancelled and left as it was` : `${url} was lost at ${place}, ${at}`;
}
