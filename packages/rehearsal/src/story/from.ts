// `--from JOB`: what of the last rehearsal counts, when this job and all that follows it is to run again.
import { nearestName } from '@headgate/kit/nearest-name';
import { withoutLegs } from '../engine/kept-run.js';
import type { LastRehearsal } from './last-rehearsal.js';
import { StoryError } from './story-error.js';

/**
 * The last rehearsal with the runs up to the newest one with this job; of that one, nothing of the job itself. What needs
 * it runs again because it does.
 * @throws {StoryError} `nothing-kept`, `job-not-kept`
 */
export function goOnFrom(job: string, last: LastRehearsal | null): LastRehearsal {
  if (last === null) {
    throw new StoryError({
      code: 'nothing-kept',
      message: 'there is no last rehearsal of this application and story to go on from',
      hint: 'Rehearse once without --from.',
    });
  }
  const index = last.runs.findLastIndex(({ names }) => names.some((name) => isCalled(name, job)));
  const run = last.runs[index];
  if (run === undefined) throw unknownJob(job, last);
  const chosen = withoutLegs(run, ({ name }) => name !== null && isCalled(name, job));
  return { ...last, runs: [...last.runs.slice(0, index), chosen] };
}

/** By its whole name, by its end without the callers, without its leg, or by a caller of it. */
export function isCalled(name: string, wanted: string): boolean {
  const plain = withoutLeg(name);
  const around = ` / ${name} / `;
  return (
    [name, plain].includes(wanted) || around.includes(` / ${wanted} / `) || plain.endsWith(` / ${wanted}`)
  );
}

function withoutLeg(name: string): string {
  return name.replace(/ \([^()]*\)$/u, '');
}

function unknownJob(job: string, { runs }: LastRehearsal): StoryError {
  const names = [...new Set(runs.flatMap((run) => run.names))];
  const short = names.map((name) => withoutLeg(name).split(' / ').at(-1) ?? name);
  const near = nearestName(job, [...names, ...short]);
  return new StoryError({
    code: 'job-not-kept',
    message: `the last rehearsal had no job ${job}`,
    hint: `${near === null ? '' : `Did you mean ${near}? `}There are: ${names.join(', ')}.`,
  });
}
