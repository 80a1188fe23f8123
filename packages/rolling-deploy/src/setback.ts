// What happens when a roll-out fails: the cause is said first, then the former version comes back.
import type { Clock } from '@headgate/kit/clock';
import { type Aftersight, diagnose } from './diagnosis.js';
import { DeployError } from './errors.js';
import type { Times } from './look.js';
import { servedDigest, servingOf } from './plan.js';
import { handOf, type Progress, type StrategyTools } from './progress.js';
import type { RolloutDeps } from './rollout-request.js';
import type { RolloutResult } from './rollout-result.js';
import type { Instance } from './target.js';
import { type Hand, type UndoReport, undo } from './undo.js';
import { createWaits } from './waits.js';

/** Says the cause, then undoes what was begun: by the router alone when there is no time for more. Never rejects. */
export async function setBack(
  judged: DeployError,
  progress: Progress,
  { request, deps }: StrategyTools,
): Promise<RolloutResult> {
  const hand = handOf(progress);
  const patienceMs = hand.former.length === 0 ? unhurriedMs : aftersightMs;
  const seen = await aftersight(judged, progress, deps, patienceMs);
  const { lines } = seen;
  const failure = diagnose(judged, seen);
  await deps.explain(failure, lines);
  const complete = failure.code !== 'cancelled';
  const work = (): Promise<UndoReport> => undoHand(hand, { ...deps, times: request.times, complete });
  const held = deps.holdsOnCancel === true && !complete;
  if (held)
    progress.notices.push('on-cancel: hold: what serves is left, and the next deployment goes on from it');
  const left = held || isUntouched(progress, failure);
  const report = left ? untouched(hand) : await deps.steps.run('undo', '', work, describeUndo);
  if (complete) deps.keep(null);
  const rolled = { instances: hand.former, undone: !left };
  const hooked =
    complete && failure.code !== 'locked' ? await deps.hooks?.rolledBack(failure.code, rolled) : [];
  const back = !left && report.consistent && hand.former.length > 0;
  const isWhole = report.consistent && report.restored === report.of;
  const serving = isWhole || !complete ? null : await servingNow(deps);
  return {
    outcome: back ? 'undone' : 'failed',
    failure,
    undo: report,
    serving,
    replaced: servedDigest(progress.plan),
    former: progress.plan.former,
    instances: report.restored,
    traffic: progress.traffic,
    notices: [...progress.notices, ...report.notices, ...(hooked ?? [])],
    analyses: progress.analyses,
  };
}

/** The new version goes again because that was the plan. @throws {DeployError} undo-failed, when the former one is not back whole */
export async function endTrial(progress: Progress, { request, deps }: StrategyTools): Promise<RolloutResult> {
  const hand = handOf(progress);
  const work = (): Promise<UndoReport> => undoHand(hand, { ...deps, times: request.times, complete: true });
  const report = await deps.steps.run('undo', '', work, describeUndo);
  if (!report.consistent || report.restored < report.of)
    throw new DeployError({
      code: 'undo-failed',
      message: `the trial is over, and ${describeUndo(report)}: ${report.notices.join('; ')}`,
      hint: 'Read the warnings; repair what they name and deploy again: the next run starts from what it finds.',
    });
  deps.keep(null);
  const { former, traffic, analyses, notices } = { ...progress, former: progress.plan.former };
  const serves = servedDigest(progress.plan) ?? '';
  const instances = report.restored;
  const all = [...notices, ...report.notices];
  const base = { former, traffic, analyses, instances, notices: all, replaced: serves };
  return { outcome: 'unchanged', back: null, serves, ...base };
}

/** Milliseconds that the former version waits for an engine that is slow to say more. */
const aftersightMs = 700;
/** The same where nothing served before, so that nothing waits to come back. */
const unhurriedMs = 5_000;

/** Nobody answers, or nobody may be asked any more. */
const silentCodes: ReadonlySet<string> = new Set([
  'cancelled',
  'engine-unreachable',
  'ssh-unreachable',
  'locked',
]);

/** Asked only of an engine that still answers, and only about the instance that failed. */
async function aftersight(
  { code }: DeployError,
  { condemned }: Progress,
  { target, clock }: RolloutDeps,
  patienceMs: number,
): Promise<Aftersight> {
  const nothing = { lines: [], listeners: null, port: null };
  if (condemned === null || silentCodes.has(code)) return nothing;
  const done = new AbortController();
  const late = <T>(instead: T): Promise<T> =>
    clock.sleep(patienceMs, done.signal).then(
      () => instead,
      () => instead,
    );
  const [lines, listening] = await Promise.all([
    Promise.race([target.lastLines(condemned).catch(() => []), late<readonly string[]>([])]),
    code === 'not-listening'
      ? Promise.race([target.listening(condemned).catch(() => nothing), late(nothing)])
      : nothing,
  ]);
  done.abort();
  return { listeners: listening.listeners, port: listening.port, lines };
}

/** Who is in the traffic after an undo that did not do all: null when that cannot be seen. */
function servingNow({ target }: RolloutDeps): Promise<readonly Instance[] | null> {
  return target.read().then(servingOf, () => null);
}

/** Nothing was begun, or the lock was lost and somebody else acts now: hands off. */
function isUntouched({ fresh, stopping, touched }: Progress, { code }: DeployError): boolean {
  return code === 'locked' || (!touched && fresh.length === 0 && stopping.length === 0);
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
export async function undoHand(
  hand: Hand,
  { target, clock, times, complete }: UndoHandDeps,
): Promise<UndoReport> {
  const { signal } = new AbortController();
  const waits = createWaits({ target, clock, signal, times });
  const report = await undo(hand, { target, waits, clock, signal, complete });
  waits.close();
  return report;
}

export function describeUndo(report: UndoReport): string {
  return report.of === 0
    ? 'nothing served before'
    : `${report.restored} of ${report.of} former instances serve`;
}
