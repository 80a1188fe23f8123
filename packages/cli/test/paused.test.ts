// Keys while something is paused, and what a terminal is left as.
import { PassThrough } from 'node:stream';
import { createPauses, type PausedStep } from '@headgate/rehearsal/runner/pauses';
import { describe, expect, it } from '@jest/globals';
import { createKeys, createTeller, editedLines } from '../src/paused.js';
import { testHost } from './host.js';

const step = { jobId: 1, job: 'test', step: 's', attempts: 1, cause: [], tail: [], action: null } as const;
const paused: PausedStep = { ...step, runId: 1, workflow: 'x.yml:1', folder: '/f', logFile: '/l' };

function terminal(interrupt = (): void => undefined): {
  modes: boolean[];
  host: ReturnType<typeof testHost>;
} {
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => modes.push(on),
  });
  return { modes, host: testHost({ stdin, interrupt }) };
}

describe('keys', () => {
  it.each([
    ['r', 'retry'],
    ['g', 'give-up'],
  ])('%s decides, and the terminal is as before', async (key, decision) => {
    const { modes, host } = terminal();
    const keys = createKeys(host);
    const pauses = createPauses(() => 0, keys.update);
    const held = pauses.hold(paused, new AbortController().signal);
    expect(modes).toEqual([true]);

    host.stdin.push(key);

    expect(await held).toBe(decision);
    expect(modes).toEqual([true, false]);
  });

  it('interrupt as they do elsewhere', async () => {
    await new Promise<void>((interrupt) => {
      const { host } = terminal(interrupt);
      const pauses = createPauses(() => 0, createKeys(host).update);
      void pauses.hold(paused, new AbortController().signal);
      host.stdin.push('\u0003');
    });
  });
});

describe('plain lines', () => {
  it('tell each attempt once', () => {
    const host = testHost();
    const pauses = createPauses(() => 0, createTeller(host));
    const { signal } = new AbortController();
    void pauses.hold(paused, signal);
    void pauses.hold({ ...paused, jobId: 2, job: 'lint' }, signal);

    expect(host.output().match(/^⏸ .*$/gmu)).toEqual(['⏸ test: "s" failed', '⏸ lint: "s" failed']);
    expect(host.output()).toContain('headgate retry JOB');
  });

  it('say at the end what no commit has', () => {
    const pauses = createPauses(() => 0);
    expect(editedLines(pauses)).toEqual([]);
    pauses.edited.add('b').add('a');

    expect(editedLines(pauses).join()).toContain('a, b');
  });
});
