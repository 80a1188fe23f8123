// One job definition: whether it runs, its legs, and the one outcome its dependents see.
import { type Cancellation, createCancellation, reasonOf, rehearsalEnds } from './cancellation.js';
import { holds, type Scope } from './expression.js';
import { addJob, endJob } from './job-state.js';
import { combined, type JobOutcome } from './job-status.js';
import { runLeg } from './leg.js';
import type { Level } from './level.js';
import { type Combination, expandMatrix, legTitle } from './matrix.js';
import { messageOf } from './problem.js';
import { createSlots } from './slots.js';
import { evaluateTemplate, evaluateText, placeOf } from './template.js';
import type { JobDefinition } from './workflow-model.js';

export interface JobOrder {
  readonly level: Level;
  readonly job: JobDefinition;
  /** github, inputs, vars, needs and the status functions. */
  readonly scope: (isCancelled: () => boolean) => Scope;
}

export interface Leg extends JobOrder {
  readonly matrix: Combination | null;
  readonly strategy: Readonly<Record<string, unknown>>;
  /** Unique and stable over attempts. */
  readonly path: string;
  /** As GitHub shows it, with the callers before it. */
  readonly title: string;
  /** Of this leg alone: a newer holder of its concurrency group, a failed sibling. */
  readonly cancellation: Cancellation;
  /** Aborts on the cancel only when the job's condition does not hold even then, as `if: always()` does on GitHub. */
  readonly stop: AbortSignal;
}

function titleOf(order: JobOrder, matrix: Combination | null, scope: Scope): string {
  const { job, level } = order;
  const name = job.name === null ? job.id : evaluateText(job.name, scope) || job.id;
  const fixed = job.name === null || job.name.kind === 'literal';
  const suffix = matrix !== null && fixed ? ` (${legTitle(matrix)})`.slice(0, 100) : '';
  return `${level.title}${name}${suffix}`;
}

/** A job that never became legs: skipped, cancelled, or failed while GitHub would evaluate it. */
function withoutLegs(
  order: JobOrder,
  conclusion: 'skipped' | 'cancelled' | 'failure',
  message?: string,
): JobOutcome {
  const { level, job } = order;
  const name = job.name?.kind === 'literal' && job.name.value !== null ? String(job.name.value) : job.id;
  const state = addJob(level.attempt, { name: `${level.title}${name}`, environment: null });
  endJob(level.attempt, state, { conclusion, outputs: {} }, message);
  const outcome: JobOutcome = { result: conclusion, outputs: {}, ran: true, jobId: state.id };
  level.attempt.memory.set(`${level.path}${job.id}`, outcome);
  return outcome;
}

interface Strategy {
  readonly legs: readonly (Combination | null)[];
  readonly failFast: boolean;
  readonly maxParallel: number;
}

function strategyOf({ job }: JobOrder, scope: Scope): Strategy {
  const { strategy } = job;
  if (strategy?.matrix == null) return { legs: [null], failFast: true, maxParallel: 1 };
  const legs = expandMatrix(evaluateTemplate(strategy.matrix, scope), placeOf(strategy.matrix.at));
  const limit = Number(evaluateText(strategy.maxParallel, scope));
  return {
    legs,
    failFast: evaluateText(strategy.failFast, scope) !== 'false',
    maxParallel: limit > 0 ? limit : legs.length,
  };
}

function stopSignal(order: JobOrder, signal: AbortSignal): AbortSignal {
  const stop = new AbortController();
  const cancelled = (): void => {
    const scope = order.scope(() => true);
    const goesOn = reasonOf(signal) !== rehearsalEnds && holds(order.job.if, scope, placeOf(order.job.at));
    if (!goesOn) stop.abort(reasonOf(signal));
  };
  if (signal.aborted) cancelled();
  else signal.addEventListener('abort', cancelled, { once: true });
  return stop.signal;
}

async function runLegs(order: JobOrder, strategy: Strategy): Promise<JobOutcome> {
  const { level, job } = order;
  const slots = createSlots(strategy.maxParallel);
  const group = createCancellation(level.cancellation.signal);
  const outputs: Record<string, string> = {};
  const run = async (matrix: Combination | null, index: number): Promise<JobOutcome> => {
    const own = group.child();
    const info = {
      'fail-fast': strategy.failFast,
      'job-index': index,
      'job-total': strategy.legs.length,
      'max-parallel': strategy.maxParallel,
    };
    const contexts = { ...order.scope(() => own.signal.aborted).contexts, matrix, strategy: info };
    const leg: Leg = {
      ...order,
      matrix,
      strategy: info,
      path: `${level.path}${job.id}${matrix === null ? '' : `[${index}]`}`,
      title: titleOf(order, matrix, { contexts }),
      cancellation: own,
      stop: stopSignal(order, own.signal),
    };
    const outcome = (await slots.run(leg.stop, () => runLeg(leg))) ?? cancelledLeg(leg);
    if (outcome.result === 'failure' && strategy.failFast) {
      group.cancel(`The strategy configuration was canceled because "${leg.title}" failed`);
    }
    // The last leg to finish wins, for each output that it really sets.
    for (const [key, value] of Object.entries(outcome.outputs)) if (value !== '') outputs[key] = value;
    return outcome;
  };
  const outcomes = await Promise.all(strategy.legs.map(run));
  return {
    result: combined(outcomes.map(({ result }) => result)),
    outputs,
    ran: outcomes.some(({ ran }) => ran),
  };
}

function cancelledLeg(leg: Leg): JobOutcome {
  const { attempt } = leg.level;
  const state = addJob(attempt, { name: leg.title, environment: null });
  endJob(attempt, state, { conclusion: 'cancelled', outputs: {} }, reasonOf(leg.cancellation.signal));
  return { result: 'cancelled', outputs: {}, ran: true };
}

/** Decides and runs; the outcome of a kept job of the former attempt is taken from memory. */
export async function runJobDefinition(order: JobOrder): Promise<JobOutcome> {
  const { level, job } = order;
  const { signal } = level.cancellation;
  const path = `${level.path}${job.id}`;
  const kept = level.attempt.memory.get(path);
  if (level.reuse && kept?.result === 'skipped') {
    level.attempt.takeOver(path);
    return { ...kept, ran: false };
  }
  try {
    if (signal.aborted && reasonOf(signal) === rehearsalEnds)
      return withoutLegs(order, 'cancelled', rehearsalEnds);
    const scope = order.scope(() => signal.aborted);
    if (!holds(job.if, scope, placeOf(job.at))) return withoutLegs(order, 'skipped');
    return await runLegs(order, strategyOf(order, scope));
  } catch (error) {
    return withoutLegs(order, 'failure', messageOf(error));
  }
}
