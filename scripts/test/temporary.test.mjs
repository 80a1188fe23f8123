// Where the tests' temporary files go.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeTemporary } from '../check/temporary.mjs';

describe('the folder for temporary files', () => {
  let memory = '';
  /** @type {string[]} */
  const made = [];
  const make = (/** @type {Parameters<typeof makeTemporary>[0]} */ machine) => {
    const folder = makeTemporary({ memory, chosen: '', free: 2 ** 40, ...machine });
    made.push(folder);
    return dirname(folder);
  };

  beforeEach(() => {
    memory = mkdtempSync(join(tmpdir(), 'memory-'));
  });
  afterEach(() => {
    for (const folder of [memory, ...made.splice(0)]) rmSync(folder, { recursive: true, force: true });
  });

  it('is made, and is empty, in memory where programs can run there', () => {
    expect(make({})).toBe(memory);
    expect(existsSync(join(made[0] ?? '', 'program'))).toBe(false);
  });

  it('takes away what a run that was killed left, and nothing else', () => {
    const { pid } = spawnSync('true');
    const names = [pid, process.pid, process.ppid].map((id) => `hg-${id.toString(36)}`);
    for (const name of [...names, 'hg-aBcDeF', 'other']) {
      mkdirSync(join(memory, name));
      writeFileSync(join(memory, name, 'file'), '');
    }

    expect(make({})).toBe(memory);
    expect(new Set(readdirSync(memory))).toEqual(new Set([...names.slice(1), 'hg-aBcDeF', 'other']));
    expect(readdirSync(made[0] ?? '')).toEqual([]);
  });

  it.each([
    ['little memory is free', { free: 2 ** 32 }],
    ['no file system is in memory', { memory: '/nowhere' }],
    // Nothing is written there, and nothing runs.
    ['it has no room', { memory: '/proc' }],
    ['the user has chosen another place', { chosen: '/elsewhere' }],
  ])('is the usual one when %s', (_, machine) => {
    expect(make(machine)).toBe(tmpdir());
  });
});
