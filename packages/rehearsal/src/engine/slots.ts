// How many things may run at once.

export interface Slots {
  /** Waits for a slot and runs; `null` when the signal ends the waiting. */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T | null>;
}

/** `limit` slots, given in the order of asking. */
export function createSlots(limit: number): Slots {
  let free = limit;
  const waiting: (() => void)[] = [];
  const take = (signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted) return Promise.resolve(false);
    if (free > 0) {
      free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const start = (): void => resolve(true);
      waiting.push(start);
      signal.addEventListener(
        'abort',
        () => {
          const index = waiting.indexOf(start);
          if (index !== -1) waiting.splice(index, 1);
          if (index !== -1) resolve(false);
        },
        { once: true },
      );
    });
  };
  return {
    async run(signal, task) {
      if (!(await take(signal))) return null;
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
