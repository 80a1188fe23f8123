// One leg of a job: its concurrency group, then its steps or the workflow it calls.

import type { JobState } from '../model.js';
import { runCall } from './call-leg.js';
import type { Scope } from './expression.js';
import { enterGroup } from './group-entry.js';
import type { Leg } from './job.js';
import { environmentName } from './job-environment.js';
import { addJob, endJob, refusedLeg } from './job-state.js';
import type { JobOutcome } from './job-status.js';
import { messageOf } from './problem.js';
import { runSteps } from './steps-leg.js';

function scopeOf(leg: Leg): Scope {
  const { contexts } = leg.scope(() => leg.cancellation.signal.aborted);
  return { contexts: { ...contexts, matrix: leg.matrix, strategy: leg.strategy } };
}

interface Prepared {
  readonly scope: Scope;
  /** Jobs that call a workflow are not listed, as on GitHub: only what they call is. */
  readonly state: JobState | null;
}

async function execute(leg: Leg, { scope, state }: Prepared): Promise<JobOutcome> {
  const { job, level, cancellation } = leg;
  const { attempt } = level;
  const entered = await enterGroup(job.concurrency, {
    groups: attempt.groups,
    scope,
    repository: attempt.run.repository,
    held: level.held,
    signal: leg.stop,
    cancel: cancellation.cancel,
    waiting: () => {
      if (state !== null) state.status = 'waiting';
    },
  });
  if (entered.answer.kind === 'refused') {
    return refusedLeg(leg, entered.answer.reason, state);
  }
  try {
    if (job.kind === 'call') return await runCall(leg, job, { held: entered.held, scope });
    return await runSteps(leg, job, {
      state: state ?? addJob(attempt, { name: leg.title, environment: null }),
      scope,
    });
  } finally {
    entered.answer.release();
  }
}

async function attemptLeg(leg: Leg): Promise<JobOutcome> {
  const { attempt } = leg.level;
  const { job } = leg;
  let state: JobState | null = null;
  try {
    const scope = scopeOf(leg);
    const environment = job.kind === 'steps' ? environmentName(job.environment, scope) : null;
    if (job.kind === 'steps') state = addJob(attempt, { name: leg.title, environment });
    return await execute(leg, { scope, state });
  } catch (error) {
    state ??= addJob(attempt, { name: leg.title, environment: null });
    endJob(attempt, state, { conclusion: 'failure', outputs: {} }, messageOf(error));
    return { result: 'failure', outputs: {}, ran: true };
  }
}

/** Runs a leg, or keeps what it did in the former attempt. Never rejects: a failure is an outcome with an annotation. */
export async function runLeg(leg: Leg): Promise<JobOutcome> {
  const { attempt, reuse } = leg.level;
  const kept = attempt.memory.get(leg.path);
  if (reuse && kept?.result === 'success') {
    attempt.takeOver(leg.path);
    return { ...kept, ran: false };
  }
  const outcome = await attemptLeg(leg);
  attempt.memory.set(leg.path, outcome);
  return outcome;
}
