// Plain lines for logs and pipes: one when a step begins or ends, one when a job ends.
import type { JobState, RunState } from '../model.js';
import { jobSeconds, type StepResult } from '../story/result.js';
import { causeOf } from './cause.js';
import { markOf } from './marks.js';
import { clean, duration } from './text.js';

export function stepBeganLine(name: string, index: number, count: number): string {
  return `[${index + 1}/${count}] ${clean(name)}`;
}

export function jobEndedLines(run: RunState, job: JobState): readonly string[] {
  const mark = markOf(job);
  const took = job.startedAt === null ? '' : ` ${duration(jobSeconds(job))}`;
  const time = job.reused === true ? ' taken over' : took;
  const line = `  ${mark.sign} ${clean(run.event.name)}: ${clean(job.name)}${time}`;
  return job.conclusion === 'failure' ? [line, ...causeOf(job, 0).map((each) => `      ${each}`)] : [line];
}

export function stepEndedLines(result: StepResult): readonly string[] {
  const line = `  ${result.ok ? 'as expected' : 'NOT as expected'}, ${duration(result.seconds)}`;
  return [
    line,
    ...result.problems.flatMap((problem) => problem.split('\n').map((each) => `    ${clean(each)}`)),
  ];
}
