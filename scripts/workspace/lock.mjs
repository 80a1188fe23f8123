// Locks between processes of one checkout: a file that names its owner and is void when the owner is gone.
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from './child.mjs';

/**
 * A process, so that a number that was given out again is not taken for it: its id and its start time.
 * @param {number} pid
 * @returns {string | null} null when it is gone
 */
function identify(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${pid} ${fields[19]}`;
  } catch {
    // No /proc: the id alone must do.
  }
  try {
    process.kill(pid, 0);
    return `${pid} 0`;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM' ? `${pid} 0` : null;
  }
}

/** @param {number} pid */
export const isRunning = (pid) => identify(pid) !== null;

/** @param {string} owner as `identify` gives it */
const isAlive = (owner) => identify(Number(owner.split(' ')[0])) === owner;

/** @param {string} file @returns {string | null} the living owner */
function readOwner(file) {
  try {
    const owner = readFileSync(file, 'utf8');
    return isAlive(owner) ? owner : null;
  } catch {
    return null;
  }
}

const self = identify(process.pid) ?? `${process.pid} 0`;

/** @param {string} file @returns {boolean} whether it is ours now */
function take(file) {
  // Linked into place with its owner in it: a file that is still empty would pass for a dead owner's.
  const own = `${file}.own.${process.pid}`;
  writeFileSync(own, self);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  if (readOwner(file) !== null) return false;
  // Of several that find the same dead owner only one succeeds in moving the file away.
  try {
    renameSync(file, `${file}.void.${process.pid}`);
    rmSync(`${file}.void.${process.pid}`, { force: true });
  } catch {
    // Another one did.
  }
  return false;
}

/**
 * Waits for the lock, runs the work, and gives the lock back.
 * @template T
 * @param {string} file
 * @param {{ onWait?: (pid: string) => void, deadlineMs?: number, cleanUp?: boolean }} options default deadline: 10 minutes;
 *   cleanUp: goes on waiting after an interruption
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, options, work) {
  mkdirSync(dirname(file), { recursive: true });
  const deadline = Date.now() + (options.deadlineMs ?? 600_000);
  let told = false;
  while (!take(file)) {
    const owner = readOwner(file);
    if (owner !== null && !told) {
      told = true;
      options.onWait?.(owner.split(' ')[0] ?? owner);
    }
    if (interrupted.aborted && !options.cleanUp) throw new Error('interrupted');
    if (Date.now() > deadline) throw new Error(`${file} has been held by process ${owner} for too long.`);
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** How often this process has become a user of anything: each use has a name of its own. */
let uses = 0;

/**
 * Registers this process as a user of something shared; once more when it is one already.
 * @param {string} folder
 * @returns {string} the use, as `removeUser` takes it
 */
export function addUser(folder) {
  mkdirSync(folder, { recursive: true });
  uses += 1;
  const use = `${process.pid}.${uses}`;
  // In one step, for the same reason.
  const own = `${folder}.own.${use}`;
  writeFileSync(own, self);
  renameSync(own, join(folder, use));
  return use;
}

/**
 * Removes one use, and those whose processes are gone.
 * @param {string} folder
 * @param {string} use
 * @returns {number} uses that are left
 */
export function removeUser(folder, use) {
  rmSync(join(folder, use), { force: true });
  const files = readdirSync(folder).map((name) => join(folder, name));
  const left = files.filter((file) => readOwner(file) !== null);
  for (const file of files) if (!left.includes(file)) rmSync(file, { force: true });
  return left.length;
}
