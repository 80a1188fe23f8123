// Trying a registry call again while its fault may pass, with every attempt reported.
import type { Core, Deps } from '../deps.js';
import { ActionError } from '../errors.js';
import { retry } from '../retry.js';
import { failure } from './failures.js';
import { TransientFault } from './fault.js';
import type { Persist } from './registry.js';

const attempts = 6;
const delaysMs = [1_000, 2_000, 4_000, 8_000, 16_000] as const;
const deadlineMs = 10 * 60_000;

export interface PersistenceDeps extends Pick<Deps, 'clock' | 'random' | 'signal'> {
  readonly core: Pick<Core, 'info'>;
  /** Told of every attempt that failed, for a summary. */
  readonly onRetry?: (report: string) => void;
}

/**
 * At most six attempts within ten minutes; a registry's Retry-After is obeyed when it lies within them.
 * @param host named in the reports
 * @returns a wrapper whose last transient fault becomes `registry-unavailable`
 */
export function createPersistence(host: string, deps: PersistenceDeps): Persist {
  return async (what, call) => {
    const end = deps.clock.now() + deadlineMs;
    let notBefore = 0;
    const attemptOnce = async (attempt: number): ReturnType<typeof call> => {
      const wait = notBefore - deps.clock.now();
      if (wait > 0) await deps.clock.sleep(wait, deps.signal);
      try {
        return await call();
      } catch (problem) {
        if (mayPass(problem)) {
          const asked = problem instanceof TransientFault ? problem.retryAfterMs : null;
          notBefore = deps.clock.now() + (asked ?? 0);
          const next = attempt < attempts && notBefore <= end ? 'trying again' : 'giving up';
          const report = `${host}: could not ${what} (attempt ${attempt} of ${attempts}): ${problem.message}; ${next}`;
          deps.core.info(report);
          deps.onRetry?.(report);
        }
        throw problem;
      }
    };
    const retryable = (problem: unknown): boolean => mayPass(problem) && notBefore <= end;
    try {
      return await retry(attemptOnce, { attempts, delaysMs, deadlineMs, retryable }, deps);
    } catch (problem) {
      if (!mayPass(problem)) throw problem;
      throw failure(
        'registry-unavailable',
        `${host} could not ${what} after ${attempts} attempts at most: ${problem.message}.`,
        'Run the job again when the registry answers; what is done already is not done twice.',
        problem,
      );
    }
  };
}

/** An answer that breaks off while it is read comes from the HTTP layer itself. */
function mayPass(problem: unknown): problem is Error {
  if (problem instanceof TransientFault) return true;
  return (
    problem instanceof ActionError && (problem.code === 'http-failed' || problem.code === 'http-timed-out')
  );
}
