// Checks side by side.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runChecks } from '../check/run-checks.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-checks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} name @param {string[]} after @param {string[]} commands @returns {import('../check/checks.mjs').Check} */
const check = (name, after, ...commands) => ({
  name,
  after,
  steps: commands.map((line) => ({ command: '/bin/sh', args: ['-c', line] })),
});

/** @param {import('../check/checks.mjs').Check[]} checks @param {number} [workers] */
const run = (checks, workers = 2) =>
  runChecks(checks, { cwd: folder, env: process.env, workers, report: () => undefined });

describe('runChecks', () => {
  it('starts a check only after those it reads from', async () => {
    const results = await run([
      check('write', [], 'sleep 0.2; echo written > file'),
      check('read', ['write'], 'cat file'),
    ]);

    expect(results.map(({ ok, output }) => [ok, output])).toEqual([
      [true, ''],
      [true, 'written\n'],
    ]);
  });

  it('ends a check at its first failing step and goes on with the others', async () => {
    const results = await run([
      check('bad', [], 'echo why; exit 1', 'echo > never'),
      check('good', [], 'echo fine'),
    ]);

    expect(results.map(({ name, ok, output }) => [name, ok, output])).toEqual([
      ['bad', false, 'why\n'],
      ['good', true, 'fine\n'],
    ]);
    expect(() => readFileSync(join(folder, 'never'))).toThrow('ENOENT');
  });

  it('never runs more at once than there are workers', async () => {
    const line = 'mkdir busy || exit 1; sleep 0.05; rmdir busy';
    const results = await run(
      Array.from({ length: 4 }, (_, index) => check(String(index), [], line)),
      1,
    );

    expect(results.every(({ ok }) => ok)).toBe(true);
  });
});
