// The pre, main and post parts of a JavaScript action.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '../engine/problem.js';
import { runChild } from './child.js';
import { inputVariables, processEnvironment, runtimeVariables } from './process-environment.js';
import type { RunningStep } from './step-unit.js';

export interface ScriptPart {
  /** The action's folder. */
  readonly folder: string;
  /** Below the folder. */
  readonly script: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Saved by former parts; empty for the first. */
  readonly state: Readonly<Record<string, string>>;
}

/** Runs one part with Node 24; its exit code. Throws `step-failed` when its file is missing. */
export async function runScriptPart(step: RunningStep, part: ScriptPart): Promise<number> {
  const { session } = step;
  const script = join(part.folder, part.script);
  await access(script).catch((error: unknown) => {
    throw problem(
      'step-failed',
      `the action's file ${script} does not exist`,
      'Build and commit the action.',
      error,
    );
  });
  const state = Object.fromEntries(
    Object.entries(part.state).map(([name, value]) => [`STATE_${name}`, value]),
  );
  return runChild({
    file: session.options.node,
    args: [script],
    cwd: session.directories.workspace,
    env: processEnvironment(session, {
      ...step,
      step: step.env,
      extra: { ...inputVariables(part.inputs), ...state, ...runtimeVariables(session) },
    }),
    clock: session.options.clock,
    signal: step.signal,
    onLine: step.lines(),
  });
}
