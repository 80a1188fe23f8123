// A mark on a child recognises that child alone, while it runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { isRunning, markChild } from '../src/child-watch.js';

describe('a mark', () => {
  it('is good while the child runs, and not after', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' });
    const mark = markChild(child.pid ?? 0);
    expect(isRunning(mark)).toBe(true);

    child.stdin.end();
    await once(child, 'exit');

    expect(isRunning(mark)).toBe(false);
  });

  it('is not good for another process with the same id', () => {
    const mark = markChild(process.pid);

    expect(isRunning(mark)).toBe(true);
    expect(isRunning({ ...mark, started: '1' })).toBe(mark.started === null);
  });
});
