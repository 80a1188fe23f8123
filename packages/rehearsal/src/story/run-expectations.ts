// Is it so in the step's runs? How they and their jobs ended, and what a job shows.
import { latestJobs } from '../github/run-reading.js';
import type { JobState, RunState } from '../model.js';
import type { Wanted } from './expectation-schema.js';
import { matchesPattern } from './pattern.js';

export function judgeRun(wanted: Wanted<'run'>, runs: readonly RunState[]): string | null {
  const found = onBranch(runs, wanted.branch).filter((run) => run.event.name === wanted.event);
  const what = `${wanted.event}${wanted.branch === undefined ? '' : ` on ${wanted.branch}`}`;
  if (found.length === 0) return `a run for ${what} was expected, there is none`;
  const other = found.find((run) => run.conclusion !== wanted.result);
  if (other === undefined) return null;
  return `the run for ${what} was expected to end as ${wanted.result}, it ended as ${other.conclusion ?? other.status}`;
}

export function judgeNothing(runs: readonly RunState[]): string | null {
  return runs.length === 0
    ? null
    : `no run was expected, found ${runs.map((run) => `${run.workflowName} (${run.event.name})`).join(', ')}`;
}

export function judgeJob(wanted: Wanted<'job'>, runs: readonly RunState[]): string | null {
  const jobs = jobsNamed(onBranch(runs, wanted.branch), wanted.name);
  if (jobs.length === 0) {
    const names = runs.flatMap((run) => run.jobs.map((job) => job.name));
    return `a job named ${wanted.name} was expected, there are: ${names.join(', ') || 'none'}`;
  }
  const other = jobs.find((job) => job.conclusion !== wanted.result);
  if (other === undefined) return null;
  return `job ${other.name} was expected to end as ${wanted.result}, it ended as ${other.conclusion ?? other.status}`;
}

/** `contains` stands in what one of the jobs shows there. */
export function judgeText(
  where: 'summary' | 'annotation' | 'log',
  wanted: { readonly contains: string; readonly job: string },
  runs: readonly RunState[],
): string | null {
  const texts = jobsNamed(runs, wanted.job).flatMap((job) =>
    where === 'annotation' ? job.annotations.map((note) => note.message) : [job[where]],
  );
  if (texts.some((text) => text.includes(wanted.contains))) return null;
  // The end of a log says most.
  const shown = texts
    .map((text) => (where === 'log' ? text.trim().slice(-300) : text.trim().slice(0, 300)))
    .filter((text) => text !== '');
  return `the ${where} of ${wanted.job} was expected to contain ${JSON.stringify(wanted.contains)}; found ${shown.length === 0 ? 'none' : JSON.stringify(shown.join(' | '))}`;
}

function onBranch(runs: readonly RunState[], branch: string | undefined): readonly RunState[] {
  return branch === undefined ? runs : runs.filter((run) => run.headBranch === branch);
}

function jobsNamed(runs: readonly RunState[], pattern: string): readonly JobState[] {
  return runs.flatMap((run) => latestJobs(run).filter((job) => matchesPattern(job.name, pattern)));
}
