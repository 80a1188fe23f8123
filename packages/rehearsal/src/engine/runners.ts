// The runners at work: which job runs on which, so that one can be lost as a machine is.
import { problem } from './problem.js';

/** The reason a job's work ends when nobody answers for its runner any more. */
export const runnerLost = 'The runner is lost.';

export interface Runners {
  /** A job's runner begins; the signal aborts with `runnerLost`. */
  begin(jobId: number): AbortSignal;
  end(jobId: number): void;
  /** Loses the runner of a job. Throws `not-found` unless the job is running. */
  lose(jobId: number): void;
}

export function createRunners(): Runners {
  const working = new Map<number, AbortController>();
  return {
    begin(jobId) {
      const runner = new AbortController();
      working.set(jobId, runner);
      return runner.signal;
    },
    end(jobId) {
      working.delete(jobId);
    },
    lose(jobId) {
      const runner = working.get(jobId);
      if (runner === undefined)
        throw problem('not-found', `no runner works on job ${jobId}`, 'Wait until the job is in progress.');
      runner.abort(runnerLost);
    },
  };
}
