// The connection of a step: one at a time, and the end of one is never that of the next.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { keepMaster } from '../src/ssh-master.js';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'headgate-master-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

it('is not ended by whoever hears late that the one before it was dead', async () => {
  const asked: string[] = [];
  let letIn = (): void => undefined;
  const control = join(path, 'c');
  const run: RunCommand = async ({ args }) => {
    const isExit = args.includes('exit');
    asked.push(isExit ? 'exit' : 'open');
    if (asked.filter((each) => each === 'open').length > 1 && !isExit)
      await new Promise<void>((resolve) => {
        letIn = resolve;
      });
    if (!isExit) writeFileSync(control, '');
    return { code: 0, stdout: '', stderr: '' };
  };
  const folder = { path, control, log: join(path, 'log'), knownHosts: '', key: '' };
  const keeper = keepMaster({
    address: { user: 'deploy', host: 'host-1', port: 22 },
    run,
    signal: new AbortController().signal,
    clock: createFakeClock(),
    folderPath: path,
    openFolder: () => Promise.resolve(folder),
  });
  const dead = await keeper.use();

  await keeper.retire(dead);
  const next = keeper.use();
  while (asked.length < 3) await new Promise((resolve) => setImmediate(resolve));
  await keeper.retire(dead);
  letIn();

  expect(await next).not.toBe(dead);
  expect(await keeper.use()).toBe(await next);
  expect(asked).toEqual(['open', 'exit', 'open']);
});
