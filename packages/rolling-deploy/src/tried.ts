// Work that must not stop other work: tried a few times, then noted and passed over.
import type { Clock } from '@headgate/kit/clock';
import { DeployError } from './errors.js';

/** Answers whether it was done; `doing` completes "could not …". */
export type Tried = (doing: string, work: () => Promise<unknown>) => Promise<boolean>;

export interface TriedDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Gets one sentence for everything that could not be done. */
  readonly notices: string[];
}

const attempts = 3;
const pauseMs = 200;

export function createTried({ clock, signal, notices }: TriedDeps): Tried {
  return async (doing, work) => {
    for (let number = 1; ; number += 1) {
      try {
        await work();
        return true;
      } catch (error) {
        // What did not answer within its deadline is not asked again and again while requests wait.
        const hopeless =
          error instanceof DeployError &&
          ['engine-unreachable', 'ssh-unreachable', 'locked'].includes(error.code);
        if (number === attempts || hopeless || signal.aborted) {
          notices.push(`could not ${doing}: ${error instanceof Error ? error.message : String(error)}`);
          return false;
        }
        await clock.sleep(pauseMs, signal).catch(() => undefined);
      }
    }
  };
}
