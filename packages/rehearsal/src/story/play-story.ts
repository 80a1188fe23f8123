// Plays a story step by step: act, wait for the runs, judge; stops at the first step that is not as expected.

import { ActionError } from '@headgate/kit/errors';
import { parseDuration } from '@headgate/kit/quantities';
import type { DeliveryRecord } from '@headgate/kit/record';
import type { RunState } from '../model.js';
import { act } from './act.js';
import { deliveredRecord } from './delivered.js';
import { judge } from './expectations.js';
import { createLoadSession, type LoadSession } from './load-session.js';
import { type RunningImage, type StepResult, type StoryResult, toSeconds } from './result.js';
import type { Step, Story } from './story-schema.js';
import type { StoryWorld } from './world.js';

/** Told as the story goes on, for a live view. */
export interface StoryWatcher {
  stepBegan(step: Step, index: number): void;
  stepEnded(result: StepResult, index: number): void;
  /** The load's newest figures, about twice a second; null before it began. */
  loadOf(report: () => StoryResult['load']): void;
}

interface Play {
  readonly story: Story;
  readonly world: StoryWorld;
  readonly session: LoadSession;
  readonly records: Map<string, DeliveryRecord | null>;
}

/** Plays the story to its end or to its first failing step. Rejects only when the signal aborts. */
export async function playStory(
  story: Story,
  world: StoryWorld,
  watcher: StoryWatcher,
): Promise<StoryResult> {
  const began = world.clock.now();
  const play: Play = { story, world, session: createLoadSession(world), records: new Map() };
  watcher.loadOf(play.session.report);
  const steps: StepResult[] = [];
  try {
    for (const [index, step] of story.steps.entries()) {
      watcher.stepBegan(step, index);
      const result = await playStep(step, play);
      steps.push(result);
      watcher.stepEnded(result, index);
      if (!result.ok) break;
    }
  } finally {
    play.session.kill();
  }
  const load = play.session.report();
  const ok = steps.length === story.steps.length && steps.every((step) => step.ok);
  const notPlayed = story.steps.slice(steps.length).map((step) => step.name);
  const running = (await Promise.all(world.images.map((image) => runningImages(image, world)))).flat();
  const seconds = toSeconds(world.clock.now() - began);
  return {
    story: story.story,
    ok,
    seconds,
    steps,
    notPlayed,
    load,
    running,
    mail: [],
    repository: await world.references(),
  };
}

async function playStep(step: Step, play: Play): Promise<StepResult> {
  const { world, records } = play;
  const began = world.clock.now();
  const known = new Set(world.engine.runs().map((run) => run.id));
  const tagsBefore = await tagsOf(step, world);
  const violations = world.violations().length;
  const problems: string[] = [];
  const note = (problem: string | null): void => {
    if (problem !== null) problems.push(problem);
  };
  const withinMs = parseDuration(step.within) ?? 180_000;
  note(await attempt(world, () => act(step, world, play.session, withinMs)));
  note(await attempt(world, () => untilIdle(world, step.within, withinMs)));
  const runs = world.engine.runs().filter((run) => !known.has(run.id));
  const record = deliveredRecord(world, runs);
  records.set(step.name, record);
  if (problems.length === 0) {
    const evidence = { world, runs, record, tagsBefore, records };
    for (const expectation of step.expect) note(await attempt(world, () => judge(expectation, evidence)));
  }
  for (const violation of world.violations().slice(violations))
    note(`not as GitHub describes it: ${violation}`);
  const seconds = toSeconds(world.clock.now() - began);
  return { name: step.name, ok: problems.length === 0, seconds, problems, runs, record };
}

/** A failure of the step is its result; only an abort ends the story from outside. */
async function attempt(world: StoryWorld, work: () => Promise<string | null>): Promise<string | null> {
  try {
    return await work();
  } catch (error) {
    world.signal.throwIfAborted();
    if (error instanceof ActionError) return `${error.message} (${error.hint})`;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

async function untilIdle(world: StoryWorld, within: string, withinMs: number): Promise<string | null> {
  const over = new AbortController();
  const deadline = world.clock
    .sleep(withinMs, AbortSignal.any([world.signal, over.signal]))
    .then(() => 'late' as const);
  try {
    if ((await Promise.race([world.engine.idle().then(() => 'idle' as const), deadline])) === 'idle')
      return null;
  } finally {
    over.abort();
    deadline.catch(() => undefined);
  }
  const open = world.engine.runs().flatMap(openJobs);
  await world.engine.cancelAll();
  return `the runs of this step were expected to end within ${within}; cancelled while open: ${open.join(', ')}`;
}

function openJobs(run: RunState): readonly string[] {
  return run.jobs.filter((job) => job.status !== 'completed').map((job) => `${job.name} (${job.status})`);
}

async function tagsOf(step: Step, world: StoryWorld): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = step.expect.flatMap((expectation) => expectation['not-published']?.image ?? []);
  return new Map(await Promise.all(names.map(async (name) => [name, await world.tags(name)] as const)));
}

async function runningImages(image: string, world: StoryWorld): Promise<readonly RunningImage[]> {
  const counts = new Map<string, number>();
  for (const container of await world.running(image)) {
    const digest = container.image.split('@')[1] ?? container.digests[0] ?? '';
    counts.set(digest, (counts.get(digest) ?? 0) + 1);
  }
  return [...counts].map(([digest, instances]) => ({ image, digest, instances }));
}
