// What a build spent on reading and writing its cache, and what it got for it.
import { durationOf, lastMoment, unionMs } from './step-time.js';
import type { TimedStep } from './timeline.js';
import { parseVertexName } from './vertex-name.js';

/** Milliseconds that steps took when they were not cached, by their whole names: from earlier builds of the same job. */
export type KnownTimes = ReadonlyMap<string, number>;

export interface CacheImport {
  /** Where from, as BuildKit says it. */
  readonly from: string;
  readonly ms: number;
  /** Why there is no cache; null when there is. */
  readonly error: string | null;
}

export interface CacheCost {
  readonly imports: readonly CacheImport[];
  /** Reading what the cache holds, and bringing layers of cached steps; milliseconds. */
  readonly importMs: number;
  readonly exportMs: number;
  /** What cached steps took in an earlier build; those without a known time are not in it. Milliseconds. */
  readonly savedMs: number;
  /** Cached steps whose time nobody knows: a recording does not say it. */
  readonly unknownSteps: number;
}

const importName = /^importing cache manifest from (.*)$/s;
const exportName = /^exporting cache/;

export function cacheCost(steps: readonly TimedStep[], known: KnownTimes): CacheCost {
  const end = lastMoment(steps);
  const cached = steps.filter((step) => step.cached && countsAsWork(step));
  const imported = steps.filter((step) => importName.test(step.name));
  return {
    imports: cacheImports(steps),
    importMs: unionMs([...imported, ...cached], end),
    exportMs: unionMs(
      steps.filter((step) => exportName.test(step.name)),
      end,
    ),
    savedMs: cached.reduce((total, step) => total + (known.get(step.name) ?? 0), 0),
    unknownSteps: cached.filter((step) => !known.has(step.name)).length,
  };
}

/** The caches that were asked for. */
export function cacheImports(steps: readonly TimedStep[]): readonly CacheImport[] {
  const end = lastMoment(steps);
  return steps.flatMap((step) => {
    const from = importName.exec(step.name)?.[1];
    return from === undefined ? [] : [{ from, ms: durationOf(step, end), error: step.error }];
  });
}

/** What steps took that did run, for the report on a later build of the same job. */
export function knownTimes(builds: readonly (readonly TimedStep[])[]): KnownTimes {
  const times = new Map<string, number>();
  for (const steps of builds) {
    const end = lastMoment(steps);
    for (const step of steps)
      if (!step.cached && step.error === null && countsAsWork(step))
        times.set(step.name, durationOf(step, end));
  }
  return times;
}

function countsAsWork({ name }: TimedStep): boolean {
  const { kind } = parseVertexName(name);
  return kind !== null && kind !== 'FROM';
}
