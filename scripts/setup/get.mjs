// One step of getting a tool: a command whose last lines are the cause when it fails.
import { join } from 'node:path';
import { interrupted, runChild } from '../workspace/child.mjs';
import { cache, root } from '../workspace/paths.mjs';

/** Something could not be found or got; the message says what and the cure. */
export class SetupError extends Error {}

/**
 * @param {string} what in words, for the message
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('../workspace/child.mjs').ChildOptions} [options] default deadline: 10 minutes
 * @returns {Promise<string>} its output
 */
export async function step(what, command, args, options = {}) {
  const result = await runChild(command, args, { cwd: root, deadlineMs: 600_000, ...options });
  if (result.code === 0) return result.output;
  if (interrupted.aborted && !options.cleanUp) throw new SetupError('interrupted');
  const tail = result.output.trim().split('\n').slice(-15).join('\n');
  throw new SetupError(`${what} failed (exit code ${result.code}):\n${tail}`);
}

/** A script of ours. @param {string} name @param {readonly string[]} args */
export const script = (name, args) =>
  step(`scripts/${name} ${args[0]}`, join(root, 'scripts', name), args, {
    // One set of package lists for all of them.
    env: { ...process.env, HEADGATE_LISTS: join(cache, 'lists') },
  });
