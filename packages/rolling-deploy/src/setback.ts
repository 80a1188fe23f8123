// What happens when a roll-out fails: the cause is said first, then the former version comes back.
import type { Clock } from '@headgate/kit/clock';
import type { DeployError } from './errors.js';
import { servedDigest } from './plan.js';
import type { RolloutDeps, RolloutResult } from './rollout.js';
import { handOf, type Progress, type SwapTools } from './swap.js';
import { type Hand, type UndoReport, undo } from './undo.js';
import { createWaits, type Times } from './waits.js';

/** Says the cause, then undoes what was begun: by the router alone when there is no time for more. Never rejects. */
export async function setBack(
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
    replaced: servedDigest(progress.plan),
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

export interface UndoHandDeps extends Pick<RolloutDeps, 'target'> {
  readonly clock: Clock;
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

function describeUndo(report: UndoReport): string {
  return report.of === 0
    ? 'nothing served before'
    : `${report.restored} of ${report.of} former instances serve`;
}
