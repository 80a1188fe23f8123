// A failed step that waits, and what it needs to be tried again in place: the job as it was before, edits brought in.
import { messageOf, problem } from '../engine/problem.js';
import { readWorkflowFile } from '../engine/workflow-file.js';
import type { StepDefinition } from '../engine/workflow-model.js';
import { bringEdits, editedText } from './edits.js';
import { type Failed, pausedStep } from './paused-step.js';
import { type PreparedStep, prepareStep } from './prepared-step.js';
import { reportError, type Session } from './session.js';
import type { StepUnit, Trial } from './step-unit.js';

/** What a step may change in its job besides files. */
export type Remembered = () => void;

/** Remembers the job as it is now; what is returned takes it back to that. */
export function remember(session: Session, store: Record<string, string>): Remembered {
  const { state } = session.plan;
  const environment = [...session.environment];
  const paths = [...session.paths];
  const posts = [...session.posts];
  const saved = { ...store };
  const { summary } = state;
  const notes = state.annotations.length;
  return () => {
    session.environment.clear();
    for (const [name, value] of environment) session.environment.set(name, value);
    session.paths.splice(0, session.paths.length, ...paths);
    session.posts.splice(0, session.posts.length, ...posts);
    for (const name of Object.keys(store)) delete store[name];
    Object.assign(store, saved);
    state.summary = summary;
    state.annotations.length = notes;
  };
}

/** Waits with a failed step; the step to try next, or null when it is given up or nothing pauses. */
export async function waitWith(session: Session, failed: Failed, restore: Remembered): Promise<Trial | null> {
  const { pausing } = session.options;
  if (pausing === undefined || !pausing.pauses.wanted || session.signal.aborted) return null;
  const { state } = session.plan;
  let notes = failed.notes;
  for (;;) {
    const cause = state.annotations
      .slice(notes)
      .flatMap((note) => (note.level === 'failure' ? [note.message] : []));
    const decision = await pausing.pauses.hold(pausedStep(session, failed, cause), session.signal);
    if (decision === 'give-up') return null;
    try {
      const brought = await bringEdits(session, pausing.edits);
      for (const path of brought) pausing.pauses.edited.add(path);
      restore();
      const trial = (await failed.unit.again?.()) ?? failed;
      session.log.line(`##[group]Try again: ${failed.title}`);
      for (const path of brought) session.log.line(`edited after the commit: ${path}`);
      session.log.line('##[endgroup]');
      return trial;
    } catch (error) {
      notes = state.annotations.length;
      reportError(session, messageOf(error));
    }
  }
}

/** What makes a step of the job's list one that can be read again. */
export function readableAgain(session: Session, index: number, { main, state }: PreparedStep): StepUnit {
  return { ...main, again: () => readAgain(session, index, state) };
}

/** The step as its workflow file says now; as it was where nobody edits that file. */
async function readAgain(session: Session, index: number, former: Record<string, string>): Promise<Trial> {
  const { origin } = session.plan;
  const step = (await editedStep(session, index)) ?? session.plan.job.steps[index];
  if (step === undefined) throw problem('not-found', 'the step is gone', 'Put it back, or give it up.');
  const prepared = await prepareStep(step, { session, origin, listed: true, depth: 0 });
  // The new parts go on with what a former pre part saved, and register a post part of their own.
  Object.assign(prepared.state, former);
  const own = session.posts.findIndex(({ state }) => state === former);
  if (own !== -1) session.posts.splice(own, 1);
  return { unit: readableAgain(session, index, prepared), state: prepared.state };
}

/** Only the step itself counts: by its id, or by its place where it has none. Null: the file is as it was. */
async function editedStep(session: Session, index: number): Promise<StepDefinition | null> {
  const { plan, options } = session;
  const edits = options.pausing?.edits;
  const text = edits === undefined ? null : await editedText(edits, plan.origin);
  if (text === null) return null;
  const file = await readWorkflowFile(plan.origin, text);
  const job = file.jobs.find(({ id }) => id === plan.job.id);
  const former = plan.job.steps[index];
  const named = former?.id.startsWith('__') === false ? former.id : null;
  const found =
    job?.kind !== 'steps'
      ? undefined
      : named === null
        ? job.steps[index]
        : job.steps.find(({ id }) => id === named);
  if (found !== undefined) return found;
  throw problem(
    'not-found',
    `${plan.origin.path} has no step ${named ?? index + 1} in job ${plan.job.id} any more`,
    'Put it back, or give the step up.',
  );
}
