// Views of the runs the engine writes: the latest jobs, the runs of a repository.
import type { JobState, RunState } from '../model.js';
import type { RepositoryState, State } from './state.js';

/** The newest execution of every job, by name, in order of id. */
export function latestJobs(run: RunState): readonly JobState[] {
  const latest = new Map<string, JobState>();
  for (const job of run.jobs) {
    const known = latest.get(job.name);
    if (
      known === undefined ||
      job.attempt > known.attempt ||
      (job.attempt === known.attempt && job.id > known.id)
    ) {
      latest.set(job.name, job);
    }
  }
  return [...latest.values()].toSorted((a, b) => a.id - b.id);
}

/** Newest first. */
export const runsOf = (state: State, repository: RepositoryState): readonly RunState[] =>
  [...state.runs.values()]
    .filter((run) => run.repository === repository.fullName)
    .toSorted((a, b) => b.id - a.id);
