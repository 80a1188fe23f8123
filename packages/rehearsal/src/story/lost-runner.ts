// The machine under a job goes away: at once, or when the job's log shows how far it has come.
import { latestJobs } from '../github/run-reading.js';
import type { JobState } from '../model.js';
import type { LoseRunner } from './action-schema.js';
import { matchesPattern } from './pattern.js';
import { StoryError } from './story-error.js';
import type { StoryWorld } from './world.js';

const lookEveryMs = 25;

/** Waits until the job is there and its log has the text. @throws {StoryError} `job-not-running` */
export async function loseRunner(
  wanted: LoseRunner,
  world: Pick<StoryWorld, 'engine' | 'clock' | 'signal'>,
  withinMs: number,
): Promise<void> {
  const deadline = world.clock.now() + withinMs;
  for (;;) {
    const job = runningJobs(world, wanted.branch).find(({ name }) => matchesPattern(name, wanted.job));
    if (job !== undefined && (wanted.after === undefined || job.log.includes(wanted.after))) {
      world.engine.loseRunner(job.id);
      return;
    }
    const open = world.engine.runs().some((run) => run.status !== 'completed');
    if (!open || world.clock.now() >= deadline) throw notRunning(wanted, world);
    await world.clock.sleep(lookEveryMs, world.signal);
  }
}

function runningJobs({ engine }: Pick<StoryWorld, 'engine'>, branch?: string): readonly JobState[] {
  const runs = engine.runs().filter(({ headBranch }) => branch === undefined || headBranch === branch);
  return runs.flatMap((run) => latestJobs(run).filter(({ status }) => status === 'in_progress'));
}

function notRunning({ job, branch, after }: LoseRunner, world: Pick<StoryWorld, 'engine'>): StoryError {
  const log = after === undefined ? '' : ` with ${JSON.stringify(after)} in its log`;
  const names = runningJobs(world, branch).map(({ name }) => name);
  return new StoryError({
    code: 'job-not-running',
    message: `a job ${job} was expected in progress${log}; in progress: ${names.join(', ') || 'none'}`,
    hint: 'Let the step before it wait for that job: wait-for: {job: …}; and see that the text stands in its log.',
  });
}
