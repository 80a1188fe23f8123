// Time that moves on when nothing else is to be done: sleeps end in order, and several may sleep at once.
import type { Clock } from '@headgate/kit/clock';

export interface VirtualClock extends Clock {
  /** Lets time pass until the work ends, and answers what it came to. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Lets that much time pass. */
  pass(ms: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly end: () => void;
}

export function createVirtualClock(start: number = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start;
  const timers = new Set<Timer>();
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  /** False when nobody sleeps, or nobody's sleep ends by then. */
  const next = (until: number): boolean => {
    const first = [...timers].reduce<Timer | null>(
      (one, other) => (one === null || other.at < one.at ? other : one),
      null,
    );
    if (first === null || first.at > until) return false;
    now = Math.max(now, first.at);
    timers.delete(first);
    first.end();
    return true;
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const timer: Timer = { at: now + ms, end: resolve };
        timers.add(timer);
        signal?.addEventListener('abort', () => {
          timers.delete(timer);
          reject(signal.reason);
        });
      }),
    during: async (work) => {
      let isOver = false;
      const over = (): void => {
        isOver = true;
      };
      work.then(over, over);
      for (await settled(); !isOver; await settled())
        if (!next(Number.POSITIVE_INFINITY)) throw new Error('everybody waits for nothing');
      return work;
    },
    pass: async (ms) => {
      const until = now + ms;
      for (await settled(); next(until); ) await settled();
      now = until;
    },
  };
}
