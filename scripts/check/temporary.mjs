// Where the tests' temporary files go: into memory where there is plenty of it, since they come and go by the ten thousand.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Left to the tests' programs when all temporary files are in memory; the tests take 1 GB of them at most. */
const room = 8 * 2 ** 30;

/**
 * A new folder. Its name is short: sockets are made in it, and their paths may have 107 characters.
 * @param {{ memory?: string, chosen?: string | undefined, free?: number }} [machine] memory: a file system in memory;
 *   chosen: the user's TMPDIR, which wins; free: bytes of memory
 * @returns {string}
 */
export function makeTemporary({ memory = '/dev/shm', chosen = process.env.TMPDIR, free = freemem() } = {}) {
  if (chosen || free < room || freeSpace(memory) < room) return mkdtempSync(join(tmpdir(), 'hg-'));
  const folder = mkdtempSync(join(memory, 'hg-'));
  if (runsPrograms(folder)) return folder;
  rmSync(folder, { recursive: true });
  return mkdtempSync(join(tmpdir(), 'hg-'));
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
