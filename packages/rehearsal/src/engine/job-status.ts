// What `success()`, `failure()` and `cancelled()` mean for a job: its ancestors' results, transitively.
import type { Conclusion } from '../model.js';
import type { StatusFunctions } from './expression.js';
import type { JobDefinition } from './workflow-model.js';

/** How a job ended, as `needs.<id>` shows it. */
export interface JobOutcome {
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** False when an earlier attempt's result was kept. */
  readonly ran: boolean;
  /** Of a leg that runs steps. */
  readonly jobId?: number;
}

/** Ids of all jobs that `id` needs, directly or not. */
export function ancestorsOf(id: string, jobs: readonly JobDefinition[]): readonly string[] {
  const found = new Set<string>();
  const visit = (current: string): void => {
    for (const need of jobs.find((job) => job.id === current)?.needs ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return [...found];
}

/**
 * A skipped ancestor makes `success()` false even behind a green job.
 * Source: actions/runner#2205; docs.github.com, "Status check functions".
 */
export function jobStatus(
  ancestors: readonly string[],
  outcomes: ReadonlyMap<string, JobOutcome>,
  isCancelled: () => boolean,
): StatusFunctions {
  const results = (ids: readonly string[]): (Conclusion | undefined)[] =>
    (ids.length === 0 ? ancestors : ids).map((id) => outcomes.get(id)?.result);
  return {
    success: (ids) => !isCancelled() && results(ids).every((result) => result === 'success'),
    failure: (ids) => !isCancelled() && results(ids).includes('failure'),
    cancelled: isCancelled,
  };
}

/** One result for several legs or jobs. */
export function combined(results: readonly Conclusion[]): Conclusion {
  if (results.includes('failure')) return 'failure';
  if (results.includes('cancelled')) return 'cancelled';
  return results.length > 0 && results.every((result) => result === 'skipped') ? 'skipped' : 'success';
}
