// A stretch of work on a machine that is ready: set up, engine running, images there; ended in any case.
import { runChild } from '../workspace/child.mjs';
import { checkImages } from './docker.mjs';
import { useEngine } from './engine.mjs';
import { childVariables } from './environment.mjs';
import { prepare } from './prepare.mjs';

/** @typedef {import('./environment.mjs').Environment} Environment */
/** @typedef {Environment & { childEnv: Record<string, string | undefined> }} ReadyEnvironment */

/**
 * @template T
 * @param {(environment: ReadyEnvironment) => Promise<T>} work
 * @param {Parameters<typeof prepare>[0]} [options]
 * @returns {Promise<T>}
 */
export async function withReadyMachine(work, options) {
  const environment = await prepare(options);
  const ready = { ...environment, childEnv: childVariables(environment) };
  if (environment.engine === 'own') return work(ready);
  const use = await useEngine();
  try {
    await checkImages(environment);
    return await work(ready);
  } finally {
    await use.release();
  }
}

/**
 * Runs a program of ours on Node 24.
 * @param {ReadyEnvironment} environment
 * @param {readonly string[]} args
 * @param {import('../workspace/child.mjs').ChildOptions} [options]
 */
export function runNode24(environment, args, options = {}) {
  const node = environment.variables.HEADGATE_NODE24 ?? process.execPath;
  return runChild(node, args, { env: environment.childEnv, ...options });
}
