// What a leg did and how long each part of it took.
import type { Clock } from '@headgate/kit/clock';
import type { TestPart, TimingPart } from '@headgate/kit/record-parts';

export interface Journal {
  /** Runs a step and keeps its time, however it ends. */
  time<T>(step: string, work: () => Promise<T>): Promise<T>;
  addTest(test: TestPart): void;
  readonly timings: readonly TimingPart[];
  readonly tests: readonly TestPart[];
}

/** @param leg the leg's name, kept in every timing */
export function createJournal(leg: string, clock: Clock): Journal {
  const timings: TimingPart[] = [];
  const tests: TestPart[] = [];
  return {
    async time(step, work) {
      const start = clock.now();
      try {
        return await work();
      } finally {
        const seconds = Math.max(0, Math.round(clock.now() - start) / 1000);
        timings.push({ stage: 'images', leg, step, seconds });
      }
    },
    addTest: (test) => {
      tests.push(test);
    },
    timings,
    tests,
  };
}
