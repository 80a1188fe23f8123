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
  /** Jobs that were as `wait-for` says before the step. */
  readonly already: ReadonlySet<number>;
  readonly withinMs: number;
}

const lookEveryMs = 25;

/** Jobs that are as the step's `wait-for` says. */
export function jobsAsWanted({ 'wait-for': wanted }: Step, runs: readonly RunState[]): readonly number[] {
  if (wanted === undefined) return [];
  const { job: name, branch, state } = wanted;
  return runs
    .filter((run) => branch === undefined || run.headBranch === branch)
    .flatMap(latestJobs)
    .filter((job) => job.status === state && matchesPattern(job.name, name))
    .map(({ id }) => id);
}

/** Waits as the step says. Returns what did not come in time; whatever still runs is cancelled then. */
export async function untilEnded(wait: Wait): Promise<string | null> {
  const { step, world } = wait;
  const over = new AbortController();
  const signal = AbortSignal.any([world.signal, over.signal]);
  const deadline = untilLate(wait, signal).then(() => 'late' as const);
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

/** Resolves when the step's time is over; what was paused does not count. */
async function untilLate({ world, withinMs }: Wait, signal: AbortSignal): Promise<void> {
  const { clock, engine } = world;
  const held = (): number => engine.heldMs?.() ?? 0;
  const [began, before] = [clock.now(), held()];
  const left = (): number => withinMs - (clock.now() - began - (held() - before));
  for (let rest = withinMs; rest > 0; rest = engine.heldMs === undefined ? 0 : left())
    await clock.sleep(rest, signal);
}

function awaited(wait: Wait, signal: AbortSignal): Promise<string | null> {
  const { step, world } = wait;
  const wanted = step['wait-for'];
  if (wanted !== undefined) return untilJob(wait, wanted.job, signal);
  if (step['while-running'] === true) return untilOwnEnded(wait, signal);
  return world.engine.idle().then(() => null);
}

function wantedOf(step: Step): string {
  const wanted = step['wait-for'];
  if (wanted === undefined) return 'the runs of this step were expected to end';
  return `job ${wanted.job} was expected as ${wanted.state}`;
}

/** The runs may end before the job comes to that state: then nothing more will come. */
async function untilJob(wait: Wait, name: string, signal: AbortSignal): Promise<string | null> {
  const { step, world, known, already } = wait;
  const isThere = (): boolean => {
    const runs = world.engine.runs().filter((run) => run.status !== 'completed' || !known.has(run.id));
    return jobsAsWanted(step, runs).some((id) => !already.has(id));
  };
  const idle = world.engine.idle().then(() => 'idle' as const);
  while (!signal.aborted) {
    if (isThere()) return null;
    const tick = world.clock.sleep(lookEveryMs, signal).catch(() => undefined);
    if ((await Promise.race([idle, tick])) === 'idle' && !isThere())
      return `job ${name} was expected as ${step['wait-for']?.state}; every run ended before`;
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
