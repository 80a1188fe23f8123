// Why a job failed, in a few lines: its error annotations, then the end of its log.
import { latestJobs } from '../github/run-reading.js';
import type { JobState, RunState } from '../model.js';
import { clean } from './text.js';

/** Annotations first; the last `logLines` lines of the log after them. */
export function causeOf(job: Pick<JobState, 'annotations' | 'log'>, logLines: number): readonly string[] {
  const failures = job.annotations.filter((note) => note.level === 'failure');
  const notes = failures.flatMap((note) => {
    const [first = '', ...rest] = note.message.trim().split('\n');
    return [`${note.title === undefined ? '' : `${note.title}: `}${first}`, ...rest].map(clean);
  });
  const lines = logLines === 0 ? [] : job.log.trimEnd().split('\n').slice(-logLines);
  const tail = lines.filter((line) => line.trim() !== '').map((line) => `| ${clean(line)}`);
  return [...notes, ...tail];
}

/** The jobs of a run that failed by themselves in their newest attempt, and a run that never started. */
export function runCause(run: RunState, logLines: number): readonly string[] {
  const head = run.problem === undefined ? [] : [`${clean(run.workflowName)}: ${clean(run.problem)}`];
  const jobs = latestJobs(run).filter((job) => job.conclusion === 'failure');
  return [
    ...head,
    ...jobs.flatMap((job) => [clean(job.name), ...causeOf(job, logLines).map((line) => `  ${line}`)]),
  ];
}
