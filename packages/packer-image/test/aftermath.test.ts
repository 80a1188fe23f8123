// Waiting for a packer that outlives its step: marks, the end of the wait, and what is said.
import { spawn } from 'node:child_process';
import { markChild } from '@headgate/kit/child-watch';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { createTestCore } from '@headgate/kit/testing/core';
import { expect, it } from '@jest/globals';
import { awaitPacker, markText, parseMark } from '../src/aftermath.js';

it('a mark survives being saved, and nothing else is taken for one', () => {
  const mark = markChild(process.pid);
  expect(parseMark(markText(mark))).toEqual(mark);
  for (const text of ['', 'x', '-1:2', '1', '1:2:3']) expect(parseMark(text)).toBeNull();
});

it('a packer that never ends is given up with a warning', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const [core, clock] = [createTestCore(), createFakeClock()];

  await awaitPacker(markChild(child.pid ?? 0), { core, clock, signal: new AbortController().signal });

  expect(core.annotations).toMatchObject([{ level: 'warning', place: { title: 'packer-image' } }]);
  expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(240_000);
  child.kill('SIGKILL');
});

it('a process that has ended is not waited for', async () => {
  const core = createTestCore();
  const deps = { core, clock: createFakeClock(), signal: new AbortController().signal };

  await awaitPacker({ pid: 2 ** 22 + 1, started: '1' }, deps);

  expect(core.lines).toEqual([]);
});
