// When a step has ended: all runs, those it started itself, or one job in a certain state.
import { latestJobs } from '../github/run-reading.js';
import type { RunState } from '../model.js';
import { matchesPattern } from './pattern.js';
import type { Step } from './story-schema.js';
import type { StoryWorld } from './world.js';

export interface Wait {
  readonly step: Step;
  readonly world: StoryWorld;
  /** Runs that were there before the step. */
  readonly known: ReadonlySet<number>;
  readonly withinMs: number;
}

const lookEveryMs = 25;

/** Waits as the step says. Returns what did not come in time; whatever still runs is cancelled then. */
export async function untilEnded(wait: Wait): Promise<string | null> {
  const { step, world, withinMs } = wait;
  const over = new AbortController();
  const signal = AbortSignal.any([world.signal, over.signal]);
  const deadline = world.clock.sleep(withinMs, signal).then(() => 'late' as const);
  try {
    const result = await Promise.race([awaited(wait, signal), deadline]);
    if (result !== 'late') return result;
  } finally {
    over.abort();
    deadline.catch(() => undefined);
  }
  const open = world.engine.runs().flatMap(openJobs);
  await world.engine.cancelAll();
  return `${wantedOf(step)} within ${step.within}; cancelled while open: ${open.join(', ')}`;
}

function awaited(wait: Wait, signal: AbortSignal): Promise<string | null> {
  const { step, world } = wait;
  const wanted = step['wait-for'];
  if (wanted !== undefined) return untilJob(wait, wanted, signal);
  if (step['while-running'] === true) return untilOwnEnded(wait, signal);
  return world.engine.idle().then(() => null);
}

function wantedOf(step: Step): string {
  const wanted = step['wait-for'];
  if (wanted === undefined) return 'the runs of this step were expected to end';
  return `job ${wanted.job} was expected as ${wanted.state}`;
}

/** The runs may end before the job comes to that state: then nothing more will come. */
async function untilJob(
  { world, known }: Wait,
  wanted: NonNullable<Step['wait-for']>,
  signal: AbortSignal,
): Promise<string | null> {
  const isThere = (run: RunState): boolean =>
    (run.status !== 'completed' || !known.has(run.id)) &&
    latestJobs(run).some((job) => job.status === wanted.state && matchesPattern(job.name, wanted.job));
  const idle = world.engine.idle().then(() => 'idle' as const);
  while (!signal.aborted) {
    if (world.engine.runs().some(isThere)) return null;
    const tick = world.clock.sleep(lookEveryMs, signal).catch(() => undefined);
    if ((await Promise.race([idle, tick])) === 'idle' && !world.engine.runs().some(isThere)) {
      return `job ${wanted.job} was expected as ${wanted.state}; every run ended before`;
    }
  }
  return null;
}

async function untilOwnEnded({ world, known }: Wait, signal: AbortSignal): Promise<string | null> {
  const isOpen = (run: RunState): boolean => !known.has(run.id) && run.status !== 'completed';
  while (!signal.aborted) {
    await world.engine.handled();
    if (!world.engine.runs().some(isOpen)) return null;
    await world.clock.sleep(lookEveryMs, signal).catch(() => undefined);
  }
  return null;
}

function openJobs(run: RunState): readonly string[] {
  return run.jobs.filter((job) => job.status !== 'completed').map((job) => `${job.name} (${job.status})`);
}
