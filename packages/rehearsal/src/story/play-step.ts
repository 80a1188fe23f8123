// One step of a story: act, wait for what it waits for, judge.
import { ActionError } from '@headgate/kit/errors';
import { parseDuration } from '@headgate/kit/quantities';
import type { DeliveryRecord } from '@headgate/kit/record';
import { act } from './act.js';
import type { Expectation } from './expectation-schema.js';
import { type Evidence, judge } from './expectations.js';
import type { LoadSession } from './load-session.js';
import { type StepResult, toSeconds } from './result.js';
import { watchRuns } from './step-runs.js';
import type { Step } from './story-schema.js';
import { jobsAsWanted, untilEnded } from './waiting.js';
import type { StoryWorld } from './world.js';

export interface Play {
  readonly world: StoryWorld;
  readonly session: LoadSession;
  readonly records: Map<string, DeliveryRecord | null>;
}

/** Plays one step. A failure is its result; rejects only when the signal aborts. */
export async function playStep(step: Step, play: Play): Promise<StepResult> {
  const { world, records } = play;
  const began = world.clock.now();
  const held = world.engine.heldMs?.() ?? 0;
  const known = new Set(world.engine.runs().map(({ id }) => id));
  const already = new Set(jobsAsWanted(step, world.engine.runs()));
  const look = watchRuns(step, world);
  const tagsBefore = await tagsOf(step, world);
  const violations = world.violations().length;
  const problems: string[] = [];
  const note = (problem: string | null): void => {
    if (problem !== null) problems.push(problem);
  };
  const withinMs = parseDuration(step.within) ?? 180_000;
  note(await attempt(world, () => act(step, world, play.session, withinMs)));
  note(await attempt(world, () => untilEnded({ step, world, known, already, withinMs })));
  records.set(step.name, look().record);
  if (problems.length === 0) {
    const evidence = (): Evidence => {
      const { runs, continued, record } = look();
      const traffic = play.session.traffic();
      return { world, runs: [...continued, ...runs], record, tagsBefore, records, traffic };
    };
    const deadline = (): number => began + withinMs + (world.engine.heldMs?.() ?? 0) - held;
    for (const expectation of step.expect) {
      note(await attempt(world, () => judgeInTime(expectation, evidence, deadline)));
    }
  }
  for (const violation of world.violations().slice(violations))
    note(`not as GitHub describes it: ${violation}`);
  const seconds = toSeconds(world.clock.now() - began);
  const found = look();
  records.set(step.name, found.record);
  return { name: step.name, ok: problems.length === 0, seconds, problems, ...found };
}

const lookEveryMs = 100;

/** While something still runs, what is expected may come later: it is looked for until the step's deadline. */
async function judgeInTime(
  expectation: Expectation,
  evidenceNow: () => Evidence,
  deadline: () => number,
): Promise<string | null> {
  const absent = ['nothing-runs', 'not-published', 'not-tagged', 'not-ancestor'].some((kind) =>
    Object.hasOwn(expectation, kind),
  );
  for (;;) {
    const evidence = evidenceNow();
    const { world } = evidence;
    const open = world.engine.runs().some((run) => run.status !== 'completed');
    const problem = await judge(expectation, evidence);
    if (problem === null || absent || !open || world.clock.now() >= deadline()) return problem;
    await world.clock.sleep(lookEveryMs, world.signal);
  }
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

async function tagsOf(step: Step, world: StoryWorld): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = step.expect.flatMap((expectation) => expectation['not-published']?.image ?? []);
  return new Map(await Promise.all(names.map(async (name) => [name, await world.tags(name)] as const)));
}
