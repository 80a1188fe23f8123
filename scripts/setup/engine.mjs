// The private Docker engine: started when the first user comes, stopped when the last one goes.
import { join } from 'node:path';
import { addUser, removeUser, withLock } from '../workspace/lock.mjs';
import { cache, root } from '../workspace/paths.mjs';
import { script, step } from './get.mjs';

/** @typedef {{ release(): Promise<void> }} EngineUse */

/** Folder of the engine: its packages, configuration and data. */
export const engineFolder = join(cache, 'engine');
const lock = join(cache, 'engine.lock');
const users = join(cache, 'engine.users');

/** Address of the engine's socket, whether or not it runs. @returns {Promise<string>} */
export const engineAddress = async () => (await script('engine.sh', ['socket', engineFolder])).trim();

/** The engine's client, buildx and socket, as variables and PATH. @returns {Promise<{ path: string[], variables: Record<string, string> }>} */
export async function engineAccess() {
  return {
    path: [join(engineFolder, 'packages', 'root', 'usr', 'bin')],
    variables: { DOCKER_HOST: await engineAddress(), DOCKER_CONFIG: join(engineFolder, 'config') },
  };
}

/**
 * Starts the engine unless it runs, and keeps it for this process until released.
 * @returns {Promise<EngineUse>}
 */
export async function useEngine() {
  let released = false;
  const release = async () => {
    if (released) return;
    released = true;
    await withLock(lock, { cleanUp: true }, stopIfUnused);
  };
  try {
    await withLock(lock, {}, async () => {
      addUser(users);
      await script('engine.sh', ['start', engineFolder]);
    });
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

async function stopIfUnused() {
  if (removeUser(users) > 0) return;
  await step('Stopping the engine', 'bash', [join(root, 'scripts', 'engine.sh'), 'stop', engineFolder], {
    cleanUp: true,
    deadlineMs: 30_000,
  });
}
