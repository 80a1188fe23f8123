// What a leg did and how long each part of it took.
import type { Clock } from '@headgate/kit/clock';
import type { TestPart, TimingPart } from '@headgate/kit/record-parts';
import type { TimedStep } from './timeline.js';

/** One run of the builder. */
export interface RecordedBuild {
  /** `gate test` or `build`. */
  readonly step: string;
  readonly steps: readonly TimedStep[];
}

export interface Journal {
  /** Runs a step and keeps its time, however it ends. */
  time<T>(step: string, work: () => Promise<T>): Promise<T>;
  addTest(test: TestPart): void;
  addBuild(build: RecordedBuild): void;
  /** An attempt that failed and was repeated, in one sentence. */
  addRetry(report: string): void;
  /** Where the files of result stages are. */
  keepResults(folder: string): void;
  /** The same; '' without any. */
  results(): string;
  readonly timings: readonly TimingPart[];
  readonly tests: readonly TestPart[];
  /** In the order they ran. */
  readonly builds: readonly RecordedBuild[];
  readonly retries: readonly string[];
}

/** @param leg the leg's name, kept in every timing */
export function createJournal(leg: string, clock: Clock): Journal {
  const timings: TimingPart[] = [];
  const tests: TestPart[] = [];
  const builds: RecordedBuild[] = [];
  const retries: string[] = [];
  let results = '';
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
    addBuild: (build) => {
      builds.push(build);
    },
    addRetry: (report) => {
      retries.push(report);
    },
    keepResults: (folder) => {
      results = folder;
    },
    results: () => results,
    timings,
    tests,
    retries,
    builds,
  };
}
