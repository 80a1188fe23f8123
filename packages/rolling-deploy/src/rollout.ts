// The rolling strategy: one instance at a time, undone by itself at the first failure. Knows no kind of target.
import type { Clock } from '@headgate/kit/clock';
import { asDeployError, DeployError } from './errors.js';
import { planRecovery, planRollout, type RolloutPlan, type Swap, servingOf, type Wanted } from './plan.js';
import type { Steps } from './steps.js';
import type { Counters, Instance, Target, World } from './target.js';
import { type Hand, type UndoReport, undo } from './undo.js';
import { createWaits, type Times, type Waits } from './waits.js';

export interface RolloutRequest {
  readonly wanted: Wanted;
  /** `sha256:…` every new instance must really run. */
  readonly digest: string;
  readonly times: Times;
}

export interface RolloutDeps {
  readonly target: Target;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly steps: Steps;
  /** Told whenever what would have to be undone changes; null when nothing. */
  readonly keep: (hand: Hand | null) => void;
  /** Shows the cause and the instance's last lines, before anything is undone. */
  readonly explain: (failure: DeployError, lines: readonly string[]) => Promise<void>;
}

interface Base {
  /** Digest that served before; null when nothing did. */
  readonly replaced: string | null;
  /** Instances of the wanted version in traffic at the end (of the former one after an undo). */
  readonly instances: number;
  /** Seen by the router from the first new instance's admission on, new instances only. */
  readonly traffic: Counters;
  readonly notices: readonly string[];
}

export type RolloutResult =
  | (Base & { readonly outcome: 'deployed' | 'unchanged' })
  | (Base & {
      readonly outcome: 'undone' | 'failed';
      readonly failure: DeployError;
      readonly undo: UndoReport;
    });

interface Progress {
  readonly plan: RolloutPlan;
  readonly fresh: Instance[];
  readonly stopping: string[];
  readonly retired: Instance[];
  condemned: Instance | null;
  traffic: Counters;
  readonly notices: string[];
}

/**
 * Brings the service to the wanted version or back to the former one.
 * Rejects only when nothing was changed: the world could not be read, or the image is not to be had.
 */
export async function rollOut(request: RolloutRequest, deps: RolloutDeps): Promise<RolloutResult> {
  const { steps, target } = deps;
  const waits = createWaits({ target, clock: deps.clock, signal: deps.signal, times: request.times });
  const found = await steps.run('read', '', () => target.read(), describeWorld);
  const world = await recover(found, request, { ...deps, waits });
  const plan = planRollout(world, request.wanted);
  const replaced = plan.former[0]?.digest ?? null;
  const notices = [...found.notices];
  if (plan.unchanged) {
    return { outcome: 'unchanged', replaced, instances: request.wanted.instances, traffic: none, notices };
  }
  await steps.run('prepare', '', () => target.prepare(deps.signal));
  const kept = plan.swaps.flatMap(({ keep }) =>
    keep === null || keep.revision === plan.baseline ? [] : [keep],
  );
  const progress: Progress = {
    plan,
    fresh: kept,
    stopping: [],
    retired: [],
    condemned: null,
    traffic: none,
    notices,
  };
  try {
    for (const swap of plan.swaps) await swapOne(swap, progress, { request, deps, waits });
  } catch (error) {
    return undone(asDeployError(error, 'engine-refused', 'the deployment failed'), progress, {
      request,
      deps,
      waits,
    });
  }
  deps.keep(null);
  await cleanUp(progress, deps);
  return {
    outcome: 'deployed',
    replaced,
    instances: request.wanted.instances,
    traffic: progress.traffic,
    notices: progress.notices,
  };
}

interface Tools {
  readonly request: RolloutRequest;
  readonly deps: RolloutDeps;
  readonly waits: Waits;
}

const none: Counters = { responses: 0, errors: 0, sessions: 0 };

async function swapOne(swap: Swap, progress: Progress, tools: Tools): Promise<void> {
  const { deps, waits } = tools;
  const mixed = swap.replace.length > 0 || progress.fresh.length > 0;
  const instance = swap.keep ?? (await startOne(swap, progress, tools));
  progress.condemned = instance;
  if (mixed) {
    const others = progress.plan.former.filter(
      ({ id }) => id !== instance.id && !progress.stopping.includes(id),
    );
    const seen = await deps.steps.run(
      'settle',
      instance.name,
      () => waits.settled(instance, others),
      describeTraffic,
    );
    progress.traffic = {
      responses: progress.traffic.responses + seen.responses,
      errors: progress.traffic.errors + seen.errors,
      sessions: seen.sessions,
    };
  }
  progress.condemned = null;
  for (const old of swap.replace) await retireOne(old, progress, tools);
}

async function startOne(swap: Swap, progress: Progress, { request, deps, waits }: Tools): Promise<Instance> {
  const { steps, target } = deps;
  const instance = await steps.run(
    'start',
    '',
    () => target.start(swap.ordinal),
    ({ name }) => name,
  );
  progress.fresh.push(instance);
  progress.condemned = instance;
  deps.keep(handOf(progress));
  if (instance.digest !== request.digest) throw wrongDigest(instance, request.digest);
  await steps.run('healthy', instance.name, () => waits.ready(instance));
  await steps.run('admit', instance.name, () => target.admit(instance));
  return instance;
}

async function retireOne(old: Instance, progress: Progress, { deps, waits }: Tools): Promise<void> {
  const { steps, target } = deps;
  const drain = async (): Promise<number> => {
    await target.drain(old);
    const left = await waits.drained(old);
    await target.dismiss(old);
    return left;
  };
  const describe = (left: number): string =>
    left === 0 ? 'no request left' : `${left} in flight at the deadline`;
  await steps.run('drain', old.name, drain, describe);
  progress.stopping.push(old.id);
  progress.retired.push(old);
  deps.keep(handOf(progress));
  try {
    await steps.run('stop', old.name, () => target.stop(old));
  } catch (error) {
    // Out of the traffic already: a container that does not stop is no reason to take the new version away.
    if (deps.signal.aborted) throw error;
    progress.notices.push(`${old.name} is out of the traffic but did not stop: ${messageOf(error)}`);
  }
}

async function undone(failure: DeployError, progress: Progress, tools: Tools): Promise<RolloutResult> {
  const { request, deps } = tools;
  const hand = handOf(progress);
  deps.keep(hand);
  const condemned = failure.code === 'cancelled' ? null : progress.condemned;
  const lines = condemned === null ? [] : await deps.target.lastLines(condemned).catch(() => []);
  await deps.explain(failure, lines);
  const report = await deps.steps.run(
    'undo',
    '',
    () => undoHand(hand, { ...deps, times: request.times, complete: failure.code !== 'cancelled' }),
    describeUndo,
  );
  if (failure.code !== 'cancelled') deps.keep(null);
  const outcome = hand.former.length > 0 && report.consistent ? 'undone' : 'failed';
  return {
    outcome,
    failure,
    undo: report,
    replaced: progress.plan.former[0]?.digest ?? null,
    instances: report.restored,
    traffic: progress.traffic,
    notices: [...progress.notices, ...report.notices],
  };
}

export interface UndoHandDeps extends Pick<RolloutDeps, 'target' | 'clock'> {
  readonly times: Times;
  readonly complete: boolean;
}

/** Undoes what a hand holds; nothing cancels it, its own deadlines end it. */
export function undoHand(hand: Hand, { target, clock, times, complete }: UndoHandDeps): Promise<UndoReport> {
  const { signal } = new AbortController();
  const waits = createWaits({ target, clock, signal, times });
  return undo(hand, { target, waits, clock, signal, complete });
}

async function recover(
  world: World,
  request: RolloutRequest,
  deps: RolloutDeps & { waits: Waits },
): Promise<World> {
  const { steps, target, waits } = deps;
  const recovery = planRecovery(world, request.wanted);
  const touched = [...recovery.readmit, ...recovery.retire, ...recovery.remove];
  if (touched.length === 0) return world;
  for (const instance of recovery.readmit) {
    await steps.run('recover', instance.name, async () => {
      if ((await target.answers(instance)).ok) await target.admit(instance);
      else await target.remove(instance);
    });
  }
  for (const instance of recovery.retire) {
    await steps.run('recover', instance.name, async () => {
      await target.drain(instance);
      await waits.drained(instance);
      await target.dismiss(instance);
      await target.remove(instance);
    });
  }
  for (const instance of recovery.remove)
    await steps.run('recover', instance.name, () => target.remove(instance));
  return target.read();
}

/** Keeps the instances just replaced, so that going back works with the registry away; removes older ones. */
async function cleanUp(progress: Progress, { steps, target }: RolloutDeps): Promise<void> {
  const retired = progress.retired.map(({ id }) => id);
  const work = async (): Promise<number> => {
    const { instances } = await target.read();
    const old = instances.filter(({ id, running }) => !running && !retired.includes(id));
    for (const instance of old) await target.remove(instance);
    return old.length;
  };
  try {
    await steps.run(
      'clean-up',
      '',
      work,
      (removed) => `${removed} older instances removed, ${retired.length} kept`,
    );
  } catch (error) {
    progress.notices.push(`older instances could not be removed: ${messageOf(error)}`);
  }
}

function handOf({ plan, fresh, stopping, condemned }: Progress): Hand {
  return { former: plan.former, fresh: [...fresh], stopping: [...stopping], condemned };
}

function wrongDigest(instance: Instance, digest: string): DeployError {
  return new DeployError({
    code: 'wrong-digest',
    message: `${instance.name} runs ${instance.digest || 'an unknown image'} instead of ${digest}`,
    hint: 'Deploy the digest the registry really holds for this platform.',
  });
}

function describeWorld(world: World): string {
  const kept = world.instances.length - servingOf(world).length;
  return `${servingOf(world).length} in traffic, ${kept} more`;
}

function describeTraffic(seen: Counters): string {
  return `${seen.responses} answers, ${seen.errors} server errors`;
}

function describeUndo(report: UndoReport): string {
  return report.of === 0
    ? 'nothing served before'
    : `${report.restored} of ${report.of} former instances serve`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
