// Jobs as the REST API and the terminal see them: created when their needs are done, ended once.
import type { JobState } from '../model.js';
import type { JobEnd } from '../runner/job-plan.js';
import type { Leg } from './job.js';
import type { JobOutcome } from './job-status.js';
import type { Attempt } from './level.js';

/** A queued job, listed in its run. */
export function addJob(
  attempt: Attempt,
  { name, environment }: Pick<JobState, 'name' | 'environment'>,
): JobState {
  const state: JobState = {
    id: attempt.host.nextId(),
    name,
    attempt: attempt.run.attempt,
    status: 'queued',
    conclusion: null,
    startedAt: null,
    completedAt: null,
    environment,
    steps: [],
    annotations: [],
    summary: '',
    log: '',
    outputs: {},
  };
  attempt.run.jobs.push(state);
  attempt.onChange(attempt.run, state);
  return state;
}

/** A leg that its concurrency group does not let in. */
export function refusedLeg(
  { level, title }: Pick<Leg, 'level' | 'title'>,
  reason: string,
  state: JobState | null = null,
): JobOutcome {
  const listed = state ?? addJob(level.attempt, { name: title, environment: null });
  endJob(level.attempt, listed, { conclusion: 'cancelled', outputs: {} }, reason);
  return { result: 'cancelled', outputs: {}, ran: true };
}

/** Completes a job; `message` says why it did not run or was stopped. */
export function endJob(attempt: Attempt, state: JobState, end: JobEnd, message?: string): void {
  if (message !== undefined) state.annotations.push({ level: 'failure', message });
  state.status = 'completed';
  state.conclusion = end.conclusion;
  state.outputs = end.outputs;
  state.completedAt = attempt.now();
  attempt.onChange(attempt.run, state);
}
