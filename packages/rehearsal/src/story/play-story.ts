// Plays a story step by step: act, wait for the runs, judge; stops at the first step that is not as expected.

import { createLoadSession } from './load-session.js';
import { type Play, playStep } from './play-step.js';
import { type RunningImage, type StepResult, type StoryResult, toSeconds } from './result.js';
import { shippedDigest } from './service-expectations.js';
import type { Step, Story } from './story-schema.js';
import type { StoryWorld } from './world.js';

/** Told as the story goes on, for a live view. */
export interface StoryWatcher {
  stepBegan(step: Step, index: number): void;
  stepEnded(result: StepResult, index: number): void;
  /** The load's newest figures, about twice a second; null before it began. */
  loadOf(report: () => StoryResult['load']): void;
}

/** Plays the story to its end or to its first failing step. Rejects only when the signal aborts. */
export async function playStory(
  story: Story,
  world: StoryWorld,
  watcher: StoryWatcher,
): Promise<StoryResult> {
  const began = world.clock.now();
  const play: Play = { world, session: createLoadSession(world), records: new Map() };
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
  const { production, development } = world.branches;
  const seconds = toSeconds(world.clock.now() - began);
  return {
    story: story.story,
    ok,
    seconds,
    steps,
    notPlayed,
    load,
    traffic: play.session.traffic(),
    running,
    mail: world.mails().map(({ to, subject }) => ({ to: to.join(', '), subject })),
    repository: await world.references.list(),
    backMerge: {
      branch: production,
      into: development,
      done: await world.references.isAncestor(production, development),
    },
  };
}

/** What runs, by environment and digest. */
async function runningImages(image: string, world: StoryWorld): Promise<readonly RunningImage[]> {
  const found: { image: string; environment: string; digest: string; instances: number }[] = [];
  for (const container of await world.running(image)) {
    const { environment } = container;
    const digest = shippedDigest(container);
    const known = found.find((each) => each.environment === environment && each.digest === digest);
    if (known === undefined) found.push({ image, environment, digest, instances: 1 });
    else known.instances += 1;
  }
  return found;
}
