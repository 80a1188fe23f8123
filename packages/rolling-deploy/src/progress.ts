// What a roll-out has done so far, and the steps that every strategy is made of.
import { add } from './counters.js';
import { DeployError } from './errors.js';
import type { HookPoint } from './hooks.js';
import type { RolloutPlan } from './plan.js';
import type { RolloutDeps, RolloutRequest } from './rollout-request.js';
import type { Judge } from './settling.js';
import type { StepAnalysis } from './step-analysis.js';
import type { StepKind } from './steps.js';
import { type Counters, type Instance, noTraffic, type Split } from './target.js';
import type { Hand } from './undo.js';
import type { Waits } from './waits.js';

/** The only thing that changes while it runs. */
export interface Progress {
  readonly plan: RolloutPlan;
  readonly fresh: Instance[];
  readonly stopping: string[];
  readonly retired: Instance[];
  condemned: Instance | null;
  /** Something of the service was changed. */
  touched: boolean;
  traffic: Counters;
  readonly analyses: StepAnalysis[];
  readonly notices: string[];
}

export interface StrategyTools {
  readonly request: RolloutRequest;
  readonly deps: RolloutDeps;
  readonly waits: Waits;
}

export function beginProgress(plan: RolloutPlan, notices: readonly string[]): Progress {
  // What a lost run had stopped already.
  const stopped = plan.former.filter(({ running }) => !running);
  return {
    plan,
    fresh: [...plan.strangers],
    stopping: stopped.map(({ id }) => id),
    retired: stopped,
    condemned: null,
    touched: false,
    traffic: noTraffic,
    analyses: [],
    notices: [...notices],
  };
}

/** What would have to be undone now. */
export function handOf({ plan, fresh, stopping, condemned }: Progress): Hand {
  return { former: plan.former, fresh: [...fresh], stopping: [...stopping], condemned };
}

/** Starts them one after the other and waits for all together: none of them is in the traffic. */
export async function startAll(
  ordinals: readonly number[],
  progress: Progress,
  { request, deps, waits }: StrategyTools,
): Promise<readonly Instance[]> {
  const { steps, target } = deps;
  const started: Instance[] = [];
  for (const ordinal of ordinals) {
    const start = (): Promise<Instance> => target.start(ordinal);
    const instance = await steps.run('start', '', start, ({ name }) => name);
    started.push(instance);
    progress.fresh.push(instance);
    progress.condemned = instance;
    deps.keep(handOf(progress));
    if (instance.digest !== request.digest) throw wrongDigest(instance, request.digest);
  }
  for (const instance of started) {
    progress.condemned = instance;
    await steps.run('healthy', instance.name, () => waits.ready(instance));
  }
  if (started.length > 0) await callHooks('after-start', started, deps);
  return started;
}

/** From `have` to `need` instances: known to the router without traffic, and tested where they are. Answers the new ones. */
export async function standBy(
  { have, need }: { readonly have: number; readonly need: number },
  progress: Progress,
  tools: StrategyTools,
): Promise<readonly Instance[]> {
  const { deps } = tools;
  const missing = Array.from({ length: Math.max(0, need - have) }, (_, index) => have + index + 1);
  const started = await startAll(missing, progress, tools);
  for (const instance of started)
    await deps.steps.run('join', instance.name, () => deps.target.join(instance));
  if (started.length > 0) await callHooks('test-traffic', started, deps);
  return started;
}

/** @throws {DeployError} hook-failed */
export async function callHooks(
  point: HookPoint,
  instances: readonly Instance[],
  { hooks }: Pick<RolloutDeps, 'hooks'>,
): Promise<void> {
  await hooks?.at(point, instances);
}

export interface Proving {
  /** Milliseconds. */
  readonly forMs: number;
  readonly kind?: StepKind;
  readonly judge?: Judge;
}

/** They must keep up in traffic, for `settle` unless said. @throws {DeployError} of the first that does not */
export async function proving(
  newcomers: readonly Instance[],
  progress: Progress,
  { request, deps, waits }: StrategyTools,
  { kind = 'settle', ...how }: Proving = { forMs: request.times.settleMs },
): Promise<void> {
  const { former } = progress.plan;
  const others = former.filter(
    ({ id }) => !progress.stopping.includes(id) && !newcomers.some((one) => one.id === id),
  );
  const look = (instance: Instance): void => {
    progress.condemned = instance;
  };
  const names = newcomers.map(({ name }) => name).join(', ');
  const work = (): Promise<Counters> => waits.settled({ newcomers, others, look, ...how });
  const seen = await deps.steps.run(kind, names, work, describeTraffic);
  progress.traffic = add(progress.traffic, seen);
  progress.condemned = null;
  if (kind === 'settle') await callHooks('after-traffic', newcomers, deps);
}

/** One change of the router for all of them. */
export async function divide(split: Split, { deps }: StrategyTools): Promise<void> {
  if (split.percent > 0) await callHooks('before-traffic', split.fresh, deps);
  const work = (): Promise<void> => deps.target.split(split);
  await deps.steps.run('split', '', work, () => `${split.percent} % to the new version`);
}

/** Drains them together, then stops them one after the other and keeps them. */
export async function retireAll(
  leaving: readonly Instance[],
  progress: Progress,
  tools: StrategyTools,
): Promise<void> {
  const { steps, target } = tools.deps;
  if (leaving.length > 0 && !progress.touched) {
    progress.touched = true;
    tools.deps.keep(handOf(progress));
  }
  if (leaving.length > 1) for (const old of leaving) await target.drain(old);
  for (const old of leaving) {
    const drain = async (): Promise<number> => {
      await target.drain(old);
      const left = await tools.waits.drained(old);
      await target.dismiss(old);
      return left;
    };
    await steps.run('drain', old.name, drain, describeLeft);
    progress.stopping.push(old.id);
    progress.retired.push(old);
    tools.deps.keep(handOf(progress));
    await stopOne(old, progress, tools);
  }
}

async function stopOne(old: Instance, progress: Progress, { deps }: StrategyTools): Promise<void> {
  try {
    await deps.steps.run('stop', old.name, () => deps.target.stop(old));
  } catch (error) {
    // Out of the traffic already: an instance that does not stop is no reason to take the new version away.
    if (deps.signal.aborted || (error instanceof DeployError && error.code === 'locked')) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    progress.notices.push(`${old.name} is out of the traffic but did not stop: ${reason}`);
  }
}

function describeLeft(left: number): string {
  return left === 0 ? 'no request left' : `${left} in flight at the deadline`;
}

function wrongDigest(instance: Instance, digest: string): DeployError {
  return new DeployError({
    code: 'wrong-digest',
    message: `${instance.name} runs ${instance.digest || 'an unknown image'} instead of ${digest}`,
    hint: 'Deploy the digest the registry really holds for this platform.',
  });
}

function describeTraffic(seen: Counters): string {
  return `${seen.responses} answers, ${seen.errors} server errors`;
}
