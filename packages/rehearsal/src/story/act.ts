// What people do in one step, and the events that GitHub must raise for it.
import type { RaisedEvent } from '../model.js';
import type { LoadSession } from './load-session.js';
import { loseRunner } from './lost-runner.js';
import { StoryError } from './story-error.js';
import type { Step } from './story-schema.js';
import type { StoryWorld } from './world.js';

const eventDeadlineMs = 10_000;

/** Performs the step's action and waits for its event. Returns what is wrong with the action itself, if anything. */
export async function act(
  step: Step,
  world: StoryWorld,
  session: LoadSession,
  withinMs: number,
): Promise<string | null> {
  if (step['start-load'] !== undefined) session.start(step['start-load'], withinMs);
  else if (step['keep-load'] !== undefined) return session.keep(step['keep-load'], withinMs);
  else if (step['stop-load'] !== undefined) return session.stop(step['stop-load']);
  else if (step['lose-runner'] !== undefined) await loseRunner(step['lose-runner'], world, withinMs);
  else await actOnGitHub(step, world);
  return null;
}

async function actOnGitHub(step: Step, world: StoryWorld): Promise<void> {
  const { push, resolve, merge, comment, rerun, dispatch, schedule } = step;
  const pull = step['pull-request'];
  const before = world.engine.raised.length;
  const raised = (wanted: (event: RaisedEvent) => boolean): Promise<void> =>
    untilRaised(world, before, wanted);
  if (push !== undefined) {
    const commit = await world.desk.push(push);
    await raised((event) => event.name === 'push' && event.sha === commit);
  } else if (resolve !== undefined) {
    const commit = await world.desk.resolve(resolve);
    await raised((event) => event.name === 'push' && event.sha === commit);
  } else if (pull !== undefined) {
    await world.people.openPullRequest(pull);
    await raised((event) => event.name === 'pull_request');
  } else if (merge !== undefined) {
    const commit = await world.people.merge(merge);
    await raised((event) => event.name === 'push' && event.sha === commit);
  } else if (comment !== undefined) {
    await world.people.comment(comment);
    const action = comment.edit === undefined ? 'created' : 'edited';
    await raised(({ name, payload }) => name === 'issue_comment' && payload['action'] === action);
  } else if (rerun !== undefined) {
    await world.people.rerun(rerun);
  } else if (dispatch !== undefined) {
    await world.people.dispatch(dispatch);
    await raised(({ name, ref }) => name === 'workflow_dispatch' && ref === `refs/heads/${dispatch.branch}`);
  } else if (schedule !== undefined) {
    await strike(schedule.cron, world);
  }
}

/** On the production branch, which is the default one here. */
async function strike(cron: string, { engine, references, branches }: StoryWorld): Promise<void> {
  const tip = await references.find('branch', branches.production);
  if (tip !== null) engine.strike(cron, tip.commit);
}

async function untilRaised(
  world: StoryWorld,
  before: number,
  wanted: (event: RaisedEvent) => boolean,
): Promise<void> {
  const deadline = world.clock.now() + eventDeadlineMs;
  while (!world.engine.raised.slice(before).some(wanted)) {
    if (world.clock.now() >= deadline) {
      throw new StoryError({
        code: 'event-not-raised',
        message: 'GitHub was expected to raise an event for this step, none came within 10 s',
        hint: 'This is a fault of the rehearsal itself: please report it.',
      });
    }
    await world.clock.sleep(10, world.signal);
  }
}
