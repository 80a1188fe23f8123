// The story of git-flow: one mode a call.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { Inputs } from './inputs.js';

/** Runs the mode that the inputs name. @throws {ActionError} see the README for the codes. */
export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  if (inputs.mode === 'decide') {
    const { decideRun } = await import('./decide.js');
    return decideRun(inputs, deps);
  }
  const { collectRun } = await import('./collect.js');
  return collectRun(inputs, deps);
}
