// A clock that nobody waits for: sleeping moves it on.
import type { Clock } from '../clock.js';

export interface FakeClock extends Clock {
  /** Every sleep asked for, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Moves time on without a sleep. */
  advance(ms: number): void;
}

/** Starts at `start` (milliseconds since the epoch); each sleep ends at once, in order, and moves `now`. */
export function createFakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      sleeps.push(ms);
      // Other work that is ready runs first, as it would while waiting.
      await new Promise((resolve) => setImmediate(resolve));
      now += ms;
      signal?.throwIfAborted();
    },
  };
}
