// The rolling strategy: one instance at a time, undone by itself at the first failure. Knows no kind of target.
import type { Clock } from '@headgate/kit/clock';
import { asDeployError, type DeployError } from './errors.js';
import { planRollout, type RolloutPlan, servingOf, type Wanted } from './plan.js';
import { recover } from './recovery.js';
import type { Steps } from './steps.js';
import { beginProgress, handOf, type Progress, type SwapTools, swapOne } from './swap.js';
import { type Counters, noTraffic, type Target, type World } from './target.js';
import { type Hand, type UndoReport, undo } from './undo.js';
import { createWaits, type Times } from './waits.js';

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
  /** Instances in traffic at the end: of the wanted version, or of the former one after an undo. */
  readonly instances: number;
  /** Seen by the router while new instances proved themselves. */
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

/**
 * Brings the service to the wanted version or back to the former one.
 * Rejects only when the world could not be read or put right: nothing was begun then.
 */
export async function rollOut(request: RolloutRequest, deps: RolloutDeps): Promise<RolloutResult> {
  const { steps, target, clock, signal } = deps;
  const { wanted, times } = request;
  const waits = createWaits({ target, clock, signal, times });
  const found = await steps.run('read', '', () => target.read(), describeWorld);
  const world = await recover(found, wanted, { ...deps, waits });
  const plan = planRollout(world, wanted);
  const replaced = digestOf(plan);
  if (plan.unchanged) {
    return {
      outcome: 'unchanged',
      replaced,
      instances: wanted.instances,
      traffic: noTraffic,
      notices: world.notices,
    };
  }
  const progress = beginProgress(plan, world.notices);
  const tools: SwapTools = { request, deps, waits };
  try {
    await steps.run('prepare', '', () => target.prepare(signal));
    for (const swap of plan.swaps) await swapOne(swap, progress, tools);
  } catch (error) {
    return undone(asDeployError(error, 'engine-refused', 'the deployment failed'), progress, tools);
  }
  deps.keep(null);
  await cleanUp(progress, deps);
  return {
    outcome: 'deployed',
    replaced,
    instances: wanted.instances,
    traffic: progress.traffic,
    notices: progress.notices,
  };
}

async function undone(
  failure: DeployError,
  progress: Progress,
  { request, deps }: SwapTools,
): Promise<RolloutResult> {
  const hand = handOf(progress);
  const lines = await lastWords(failure, progress, deps);
  await deps.explain(failure, lines);
  const complete = failure.code !== 'cancelled';
  const work = (): Promise<UndoReport> => undoHand(hand, { ...deps, times: request.times, complete });
  const left = isUntouched(hand, failure);
  const report = left ? untouched(hand) : await deps.steps.run('undo', '', work, describeUndo);
  if (complete) deps.keep(null);
  const back = !left && report.consistent && hand.former.length > 0;
  return {
    outcome: back ? 'undone' : 'failed',
    failure,
    undo: report,
    replaced: digestOf(progress.plan),
    instances: report.restored,
    traffic: progress.traffic,
    notices: [...progress.notices, ...report.notices],
  };
}

/** Asked only of an engine that still answers, and only about the instance that failed. */
async function lastWords(
  failure: DeployError,
  progress: Progress,
  { target }: RolloutDeps,
): Promise<readonly string[]> {
  if (progress.condemned === null || ['cancelled', 'engine-unreachable', 'locked'].includes(failure.code))
    return [];
  return target.lastLines(progress.condemned).catch(() => []);
}

/** Nothing was begun, or the lock was lost and somebody else acts now: hands off. */
function isUntouched(hand: Hand, failure: DeployError): boolean {
  return failure.code === 'locked' || (hand.fresh.length === 0 && hand.stopping.length === 0);
}

function untouched(hand: Hand): UndoReport {
  return { restored: hand.former.length, of: hand.former.length, consistent: true, notices: [] };
}

export interface UndoHandDeps extends Pick<RolloutDeps, 'target' | 'clock'> {
  readonly times: Times;
  /** False: only what the router can do at once. */
  readonly complete: boolean;
}

/** Undoes what a hand holds; nothing cancels it, its own deadlines end it. Never rejects. */
export function undoHand(hand: Hand, { target, clock, times, complete }: UndoHandDeps): Promise<UndoReport> {
  const { signal } = new AbortController();
  const waits = createWaits({ target, clock, signal, times });
  return undo(hand, { target, waits, clock, signal, complete });
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
    progress.notices.push(
      `older instances could not be removed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function digestOf(plan: RolloutPlan): string | null {
  return plan.former[0]?.digest ?? null;
}

function describeWorld(world: World): string {
  const kept = world.instances.length - servingOf(world).length;
  return `${servingOf(world).length} in traffic, ${kept} more`;
}

function describeUndo(report: UndoReport): string {
  return report.of === 0
    ? 'nothing served before'
    : `${report.restored} of ${report.of} former instances serve`;
}
