// The runners at work: which job runs on which, so that one can be lost as a machine is, or all of a run be ended.
import { problem } from './problem.js';

/** The reason a job's work ends when nobody answers for its runner any more. */
export const runnerLost = 'The runner is lost.';
/** The reason when a cancelled run has not come to its end in time. */
export const cancelOverdue = 'The run was canceled and did not end in time.';

/** Whether a job ends without any say: no signal first, no later step, no output. */
export function endsAtOnce(reason: unknown): boolean {
  return reason === runnerLost || reason === cancelOverdue;
}

export interface Runners {
  /** A job's runner begins; the signal aborts with `runnerLost` or `cancelOverdue`. */
  begin(jobId: number, runId: number): AbortSignal;
  end(jobId: number): void;
  /** Loses the runner of a job. Throws `not-found` unless the job is running. */
  lose(jobId: number): void;
  /** Ends every job of a run, those too that would still begin. */
  endRun(runId: number): void;
  /** The run begins a new attempt. */
  renew(runId: number): void;
}

interface Working {
  readonly runId: number;
  readonly runner: AbortController;
}

export function createRunners(): Runners {
  const working = new Map<number, Working>();
  const overdue = new Set<number>();
  return {
    begin(jobId, runId) {
      const runner = new AbortController();
      working.set(jobId, { runId, runner });
      if (overdue.has(runId)) runner.abort(cancelOverdue);
      return runner.signal;
    },
    end(jobId) {
      working.delete(jobId);
    },
    lose(jobId) {
      const found = working.get(jobId);
      if (found === undefined)
        throw problem('not-found', `no runner works on job ${jobId}`, 'Wait until the job is in progress.');
      found.runner.abort(runnerLost);
    },
    endRun(runId) {
      overdue.add(runId);
      for (const each of working.values()) if (each.runId === runId) each.runner.abort(cancelOverdue);
    },
    renew(runId) {
      overdue.delete(runId);
    },
  };
}
