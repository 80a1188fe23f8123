// One action, three modes: ask, wait for the answer, and go on after a comment.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { Inputs } from './inputs.js';
import { request } from './request.js';
import { resume } from './resume.js';
import { wait } from './wait.js';

/** @throws {ActionError} as the modes do. */
export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  if (inputs.mode === 'resume') return await resume(inputs, deps);
  return inputs.mode === 'request' ? await request(inputs, deps) : await wait(inputs, deps);
}
