// Where the tests' temporary files go: into memory where there is plenty of it, since they come and go by the ten thousand.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../workspace/lock.mjs';

/** Left to the tests' programs when all temporary files are in memory; the tests take 1 GB of them at most. */
const room = 8 * 2 ** 30;

/**
 * A new folder. Its name is short: sockets are made in it, and their paths may have 107 characters.
 * @param {{ memory?: string, chosen?: string | undefined, free?: number }} [machine] memory: a file system in memory;
 *   chosen: the user's TMPDIR, which wins; free: bytes of memory
 * @returns {string}
 */
export function makeTemporary({ memory = '/dev/shm', chosen = process.env.TMPDIR, free = freemem() } = {}) {
  if (!chosen) removeOrphans(memory);
  if (chosen || free < room || freeSpace(memory) < room) return mkdtempSync(join(tmpdir(), 'hg-'));
  const folder = join(memory, nameOf(process.pid));
  mkdirSync(folder, { mode: 0o700 });
  if (runsPrograms(folder)) return folder;
  rmSync(folder, { recursive: true });
  return mkdtempSync(join(tmpdir(), 'hg-'));
}

/** @param {number} pid */
const nameOf = (pid) => `hg-${pid.toString(36)}`;

/** What a run that was killed left in memory is lost to everybody. @param {string} memory */
function removeOrphans(memory) {
  for (const name of list(memory)) {
    const pid = Number.parseInt(/^hg-([0-9a-z]{1,5})$/.exec(name)?.[1] ?? '', 36);
    const isOrphan = pid === process.pid || (pid > 0 && !isRunning(pid));
    if (isOrphan && nameOf(pid) === name) remove(join(memory, name));
  }
}

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {string} folder */
function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another user's.
  }
}

/** @param {string} folder @returns {number} bytes; 0 when it is not there */
function freeSpace(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Containers mount theirs `noexec`. @param {string} folder */
function runsPrograms(folder) {
  const file = join(folder, 'program');
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
  const { status } = spawnSync(file);
  rmSync(file);
  return status === 0;
}
