// A build that failed because a pull or a cache stumbled is run again, within its deadline; no other one is.
import type { Deps } from '@headgate/kit/deps';
import { spread } from '@headgate/kit/retry';
import type { TransientKind } from './transient-failure.js';

const mostAttempts = 4;
const firstPauseMs = 2_000;
const longestPauseMs = 30_000;

export interface Attempt {
  /** Milliseconds left for this attempt. */
  readonly deadlineMs: number;
}

/** What an attempt came to; `again` when it may be repeated. */
export interface Attempted<T> {
  readonly outcome: T;
  readonly again: { readonly kind: TransientKind; readonly reason: string } | null;
}

export interface AttemptOptions {
  /** Named in the reports. */
  readonly title: string;
  /** Milliseconds for all attempts together. */
  readonly deadlineMs: number;
  /** Told of each attempt that is repeated. */
  readonly onRetry: (report: string) => void;
}

/**
 * Runs `attempt` at most four times, and once more at most where a token had expired: that one login is made anew.
 * @returns the outcome of the last attempt
 */
export async function attemptBuild<T>(
  attempt: (given: Attempt) => Promise<Attempted<T>>,
  { title, deadlineMs, onRetry }: AttemptOptions,
  { clock, core, random, signal }: Pick<Deps, 'clock' | 'core' | 'random' | 'signal'>,
): Promise<T> {
  const end = clock.now() + deadlineMs;
  let logins = 0;
  for (let number = 1; ; number += 1) {
    const { outcome, again } = await attempt({ deadlineMs: Math.max(1, end - clock.now()) });
    if (again === null) return outcome;
    if (again.kind === 'expired-token') logins += 1;
    const pause = Math.min(longestPauseMs, spread(firstPauseMs * 2 ** (number - 1), random));
    const over = number >= mostAttempts || logins > 1 || clock.now() + pause >= end;
    const next = over ? 'giving up' : `trying again in ${(pause / 1000).toFixed(1)} s`;
    const report = `${title}: ${again.kind} (attempt ${number} of ${mostAttempts}): ${again.reason}; ${next}`;
    core.info(report);
    onRetry(report);
    if (over) return outcome;
    await clock.sleep(pause, signal);
  }
}
