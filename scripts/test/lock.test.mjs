// Locks between processes.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addUser, removeUser, withLock } from '../workspace/lock.mjs';
import { startModule, until } from './processes.mjs';

const module = fileURLToPath(new URL('../workspace/lock.mjs', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} body */
function startScript(body) {
  const file = join(folder, `script-${Math.random()}.mjs`);
  writeFileSync(
    file,
    `import * as lock from ${JSON.stringify(module)};\nimport { existsSync, writeFileSync } from 'node:fs';\n${body}`,
  );
  return startModule(file, []);
}

describe('withLock', () => {
  it('lets a second process in only after the first, and tells it whom it waits for', async () => {
    const file = join(folder, 'lock');
    const go = join(folder, 'go');
    const first = startScript(`await lock.withLock(${JSON.stringify(file)}, {}, async () => {
      console.log('first in');
      while (!existsSync(${JSON.stringify(go)})) await new Promise((resolve) => setTimeout(resolve, 10));
      writeFileSync(${JSON.stringify(join(folder, 'done'))}, '');
    });`);
    await until('the first one has it', () => existsSync(file) && readFileSync(file, 'utf8') !== '');
    /** @type {string[]} */
    const waited = [];
    const second = withLock(file, { onWait: (pid) => waited.push(pid) }, async () =>
      existsSync(join(folder, 'done')),
    );
    await until('the second one waits', () => waited.length > 0);
    writeFileSync(go, '');

    expect(await second).toBe(true);
    expect(waited).toEqual([String(first.child.pid)]);
    expect((await first.ended).code).toBe(0);
    expect(existsSync(file)).toBe(false);
  });

  it('is void when its owner was killed', async () => {
    const file = join(folder, 'lock');
    const dead = startScript(
      `await lock.withLock(${JSON.stringify(file)}, {}, () => new Promise((resolve) => setTimeout(resolve, 60_000)));`,
    );
    await until('it is taken', () => existsSync(file) && readFileSync(file, 'utf8') !== '');
    dead.child.kill('SIGKILL');
    await dead.ended;

    expect(await withLock(file, {}, async () => 'in')).toBe('in');
  });

  it('is not mistaken for held when another process got the same id', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, `${process.pid} 1`);

    expect(await withLock(file, {}, async () => 'in')).toBe('in');
  });

  it('is given back when the work fails', async () => {
    const file = join(folder, 'lock');
    await expect(withLock(file, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(existsSync(file)).toBe(false);
  });

  it('gives up at its deadline', async () => {
    const file = join(folder, 'lock');
    const inner = withLock(file, {}, () => withLock(file, { deadlineMs: 200 }, async () => 'in'));

    await expect(inner).rejects.toThrow('held by process');
  });
});

describe('users of something shared', () => {
  it('are counted without those that are gone', async () => {
    const users = join(folder, 'users');
    const other = startScript(
      `lock.addUser(${JSON.stringify(users)}); console.log('in'); setTimeout(() => {}, 60_000);`,
    );
    await until('the other one is in', () => existsSync(join(users, `${other.child.pid}.1`)));

    expect(removeUser(users, addUser(users))).toBe(1);

    const use = addUser(users);
    other.child.kill('SIGKILL');
    await other.ended;
    expect(removeUser(users, use)).toBe(0);
  });

  it('are counted once for each use of one process', () => {
    const users = join(folder, 'users');
    const outer = addUser(users);
    const inner = addUser(users);

    expect(removeUser(users, inner)).toBe(1);
    expect(removeUser(users, inner)).toBe(1);
    expect(removeUser(users, outer)).toBe(0);
  });
});
