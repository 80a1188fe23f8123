// One place of the service: start the new instance, let it prove itself in traffic, then retire the old one.
import { DeployError } from './errors.js';
import type { RolloutPlan, Swap } from './plan.js';
import type { RolloutDeps, RolloutRequest } from './rollout.js';
import { type Counters, type Instance, noTraffic } from './target.js';
import type { Hand } from './undo.js';
import type { Waits } from './waits.js';

/** What a rollout has done so far; the only thing that changes while it runs. */
export interface Progress {
  readonly plan: RolloutPlan;
  readonly fresh: Instance[];
  readonly stopping: string[];
  readonly retired: Instance[];
  condemned: Instance | null;
  traffic: Counters;
  readonly notices: string[];
}

export interface SwapTools {
  readonly request: RolloutRequest;
  readonly deps: RolloutDeps;
  readonly waits: Waits;
}

export function beginProgress(plan: RolloutPlan, notices: readonly string[]): Progress {
  return {
    plan,
    fresh: [...plan.strangers],
    stopping: [],
    retired: [],
    condemned: null,
    traffic: noTraffic,
    notices: [...notices],
  };
}

/** @throws {DeployError} the reason to undo */
export async function swapOne(swap: Swap, progress: Progress, tools: SwapTools): Promise<void> {
  const { deps, waits } = tools;
  const instance = swap.keep ?? (await startOne(swap, progress, tools));
  const proves = swap.replace.length > 0 || progress.fresh.length > 0;
  if (proves) {
    progress.condemned = instance;
    const { former } = progress.plan;
    const others = former.filter(({ id }) => id !== instance.id && !progress.stopping.includes(id));
    const seen = await deps.steps.run(
      'settle',
      instance.name,
      () => waits.settled(instance, others),
      describeTraffic,
    );
    progress.traffic = add(progress.traffic, seen);
    progress.condemned = null;
  }
  for (const old of swap.replace) await retireOne(old, progress, tools);
}

/** What would have to be undone now. */
export function handOf({ plan, fresh, stopping, condemned }: Progress): Hand {
  return { former: plan.former, fresh: [...fresh], stopping: [...stopping], condemned };
}

async function startOne(
  swap: Swap,
  progress: Progress,
  { request, deps, waits }: SwapTools,
): Promise<Instance> {
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

async function retireOne(old: Instance, progress: Progress, { deps, waits }: SwapTools): Promise<void> {
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
    // Out of the traffic already: an instance that does not stop is no reason to take the new version away.
    if (deps.signal.aborted || (error instanceof DeployError && error.code === 'locked')) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    progress.notices.push(`${old.name} is out of the traffic but did not stop: ${reason}`);
  }
}

function wrongDigest(instance: Instance, digest: string): DeployError {
  return new DeployError({
    code: 'wrong-digest',
    message: `${instance.name} runs ${instance.digest || 'an unknown image'} instead of ${digest}`,
    hint: 'Deploy the digest the registry really holds for this platform.',
  });
}

function add(sum: Counters, seen: Counters): Counters {
  return {
    responses: sum.responses + seen.responses,
    errors: sum.errors + seen.errors,
    sessions: seen.sessions,
  };
}

function describeTraffic(seen: Counters): string {
  return `${seen.responses} answers, ${seen.errors} server errors`;
}
