// Trying again: a bounded number of times, with given pauses, within a deadline.
import type { Clock } from './clock.js';

export interface RetryOptions {
  /** How often the function is called at most. */
  readonly attempts: number;
  /** Milliseconds before the second, third, … call, give or take a half; the last one repeats. */
  readonly delaysMs: readonly number[];
  /** Whether this error is worth another call. */
  readonly retryable: (error: unknown) => boolean;
  /** Milliseconds from the first call after which no further one begins. */
  readonly deadlineMs: number;
}

export interface RetryDeps {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** From 0 to 1; spreads the pauses of many callers. Without it they are as given. */
  readonly random?: () => number;
}

/** A pause between a half and one and a half of what is given, so that those who failed together do not return together. */
export function spread(ms: number, random: () => number): number {
  return Math.round(ms * (0.5 + random()));
}

/** Calls `fn` with the attempt's number (from 1) until it succeeds; rejects with its last error. */
export async function retry<T>(
  fn: (attempt: number) => Promise<T>,
  options: RetryOptions,
  { clock, signal, random = () => 0.5 }: RetryDeps,
): Promise<T> {
  const end = clock.now() + options.deadlineMs;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await fn(attempt);
    } catch (error) {
      const delay = spread(options.delaysMs[Math.min(attempt, options.delaysMs.length) - 1] ?? 0, random);
      const over = attempt >= options.attempts || clock.now() + delay > end;
      if (over || signal?.aborted === true || !options.retryable(error)) throw error;
      await clock.sleep(delay, signal);
    }
  }
}
