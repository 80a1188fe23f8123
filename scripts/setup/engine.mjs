// The private Docker engine, and a second host's: each started when its first user comes, stopped when the last one goes.
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { addUser, removeUser, withLock } from '../workspace/lock.mjs';
import { cache, root } from '../workspace/paths.mjs';
import { script, step } from './get.mjs';

/** @typedef {{ release(): Promise<void> }} EngineUse */

/** Folder of the engine: its packages, configuration and data. */
export const engineFolder = join(cache, 'engine');
/** Of a second host on this machine: the programs of the first one, with data, socket and bridge of its own. */
const secondFolder = `${engineFolder}-second`;

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
 * @param {string} [folder] the first host's unless said
 * @returns {Promise<EngineUse>}
 */
export async function useEngine(folder = engineFolder) {
  const [lock, users] = [`${folder}.lock`, `${folder}.users`];
  /** @type {string | null} */
  let use = null;
  const release = async () => {
    if (use === null) return;
    const ended = use;
    use = null;
    await withLock(lock, { cleanUp: true }, () => stopIfUnused(folder, ended));
  };
  try {
    await withLock(lock, {}, async () => {
      use = addUser(users);
      await script('engine.sh', ['start', folder]);
    });
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** @param {string} folder @param {string} use the one that ends */
async function stopIfUnused(folder, use) {
  if (removeUser(`${folder}.users`, use) > 0) return;
  await step('Stopping the engine', 'bash', [join(root, 'scripts', 'engine.sh'), 'stop', folder], {
    cleanUp: true,
    deadlineMs: 30_000,
  });
}

/**
 * Starts a second host's engine, which has the image too: a service's own layers are all that it pulls.
 * @param {string} image @param {Record<string, string | undefined>} env in which `docker` asks the first engine
 * @returns {Promise<EngineUse & { address: string }>}
 */
export async function useSecondEngine(image, env) {
  mkdirSync(secondFolder, { recursive: true });
  for (const name of ['packages', 'support', 'compose', 'names', 'config', 'installed']) {
    const [from, to] = [join(engineFolder, name), join(secondFolder, name)];
    if (existsSync(from) && !lstatSync(to, { throwIfNoEntry: false })) symlinkSync(from, to);
  }
  const use = await useEngine(secondFolder);
  try {
    const address = (await script('engine.sh', ['socket', secondFolder])).trim();
    const there = await runChild('docker', ['-H', address, 'image', 'inspect', image], { env });
    if (there.code !== 0) await copyImage(image, address, env);
    return { ...use, address };
  } catch (error) {
    await use.release();
    throw error;
  }
}

/** @param {string} image @param {string} address @param {Record<string, string | undefined>} env */
async function copyImage(image, address, env) {
  const archive = join(secondFolder, `image-${process.pid}.tar`);
  try {
    await step(`Taking ${image} to the second engine`, 'docker', ['save', '-o', archive, image], { env });
    await step(`Loading ${image}`, 'docker', ['-H', address, 'load', '-q', '-i', archive], { env });
  } finally {
    rmSync(archive, { force: true });
  }
}
