// The steps that an action in a folder brings.
import type { CompositeRuns, JavaScriptRuns } from './action-metadata.js';
import { prepareInside } from './composite.js';
import { compositePreOf, type FoundAction, partOf, postOf, runFound } from './found-action.js';
import type { PreparedStep, PrepareOptions } from './prepared-step.js';
import { annotate, type PostStep } from './session.js';
import type { RunningStep, StepUnit } from './step-unit.js';

/** An action in a folder, and the step that uses it. */
export interface Folder {
  readonly unit: Omit<StepUnit, 'execute'>;
  readonly found: FoundAction;
}

/** A composite action: the steps inside are made ready too. */
export async function prepareComposite(
  { unit, found }: Folder,
  runs: CompositeRuns,
  options: PrepareOptions,
): Promise<PreparedStep> {
  const { session, depth } = options;
  const steps = await prepareInside(runs, { session, depth, origin: found.origin });
  const execute = (running: RunningStep): Promise<number> => runFound(running, found, { state: {}, steps });
  return { pre: compositePreOf(unit, found, steps), main: { ...unit, execute }, state: {} };
}

/** Registers the post part once, in the session of the part that ran last. */
export function registerPost(
  { unit, found }: Folder,
  runs: JavaScriptRuns,
  state: Record<string, string>,
): (running: RunningStep) => void {
  const post = postOf(unit, found, runs, state);
  let entry: PostStep | null = null;
  return ({ session }) => {
    if (post === null) return;
    const fresh = { session, unit: post, state };
    const at = entry === null ? -1 : session.posts.indexOf(entry);
    if (at === -1) session.posts.unshift(fresh);
    else session.posts[at] = fresh;
    entry = fresh;
  };
}

/** A JavaScript action: pre, main and post with one state. */
export function prepareScripts(folder: Folder, runs: JavaScriptRuns): PreparedStep {
  const { unit, found } = folder;
  const state: Record<string, string> = {};
  const register = registerPost(folder, runs, state);
  const main: StepUnit = {
    ...unit,
    execute: (running) => {
      register(running);
      return runFound(running, found, { state });
    },
  };
  if (runs.pre === null) return { pre: null, main, state };
  const before = partOf(unit, found, { script: runs.pre, condition: runs.preIf, label: 'Pre' }, state);
  const pre: StepUnit = {
    ...before,
    execute: (running) => {
      register(running);
      return before.execute(running);
    },
  };
  return { pre, main, state };
}

/** GitHub knows an action of the workspace only when its step runs. Source: `ActionRunner` of actions/runner. */
export function warnOfPre({ session }: RunningStep, { metadata, uses }: FoundAction): void {
  if (metadata.runs.kind !== 'javascript' || metadata.runs.pre === null) return;
  const message = `\`pre\` execution is not supported for local action from '${uses.uses}'`;
  session.log.line(`##[warning]${message}`);
  annotate(session, { level: 'warning', message });
}
