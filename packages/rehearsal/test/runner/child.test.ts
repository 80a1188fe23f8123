// Processes of steps: lines, and the clock of a cancel.

import { type Clock, systemClock } from '@headgate/kit/clock';
import { afterEach, describe, expect, it } from '@jest/globals';
import { lineReader, runChild } from '../../src/runner/child.js';

interface Sleeper {
  readonly ms: number;
  readonly wake: () => void;
}

/** Sleeps end when the test says so. */
function manualClock(): Clock & { next(ms: number): Promise<Sleeper> } {
  const sleepers: Sleeper[] = [];
  const waiting: (() => void)[] = [];
  return {
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        sleepers.push({ ms, wake: resolve });
        for (const wake of waiting.splice(0)) wake();
      }),
    async next(ms) {
      for (;;) {
        const found = sleepers.find((sleeper) => sleeper.ms === ms);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

const stop: AbortController[] = [];
afterEach(() => {
  for (const controller of stop.splice(0)) controller.abort();
});

function start(script: string, clock: Clock = systemClock) {
  const controller = new AbortController();
  stop.push(controller);
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  const said = (text: string): Promise<void> =>
    lines.includes(text) ? Promise.resolve() : new Promise((resolve) => waiting.set(text, resolve));
  const code = runChild({
    file: process.execPath,
    args: ['-e', script],
    cwd: process.cwd(),
    env: {},
    clock,
    signal: controller.signal,
    onLine: (line) => {
      lines.push(line);
      waiting.get(line)?.();
    },
  });
  return { code, lines, said, cancel: () => controller.abort() };
}

const stubborn = (signals: readonly string[]): string =>
  `${signals.map((name) => `process.on('${name}', () => console.log('${name}'));`).join('')} setInterval(() => {}, 1e6); console.log('ready');`;

describe('a process', () => {
  it('gives its lines and its code', async () => {
    const child = start("console.log('one'); console.error('two'); process.exitCode = 3;");

    expect(await child.code).toBe(3);
    expect(new Set(child.lines)).toEqual(new Set(['one', 'two']));
  });

  it('ends at SIGINT when it wants to', async () => {
    const child = start(
      "process.on('SIGINT', () => process.exit(7)); setInterval(() => {}, 1e6); console.log('ready');",
    );
    await child.said('ready');
    child.cancel();

    expect(await child.code).toBe(7);
  });

  it('gets SIGTERM 7.5 s after SIGINT and SIGKILL 2.5 s after that', async () => {
    const clock = manualClock();
    const child = start(stubborn(['SIGINT', 'SIGTERM']), clock);
    await child.said('ready');
    child.cancel();

    const interrupted = await clock.next(7_500);
    await child.said('SIGINT');
    interrupted.wake();
    const terminated = await clock.next(2_500);
    await child.said('SIGTERM');
    terminated.wake();

    expect(await child.code).toBe(137);
    expect(child.lines).toEqual(['ready', 'SIGINT', 'SIGTERM']);
  });

  it('leaves its own children alone', async () => {
    const child = start(
      `const c = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGINT', () => console.log('reached')); setTimeout(() => {}, 300); console.log('ready')"], { stdio: 'inherit' });
       process.on('SIGINT', () => c.on('exit', (code, signal) => { console.log('child ended', code, signal); process.exit(0); }));`,
    );
    await child.said('ready');
    child.cancel();

    expect(await child.code).toBe(0);
    expect(child.lines).toEqual(['ready', 'child ended 0 null']);
  });

  it('is not waited for longer than 5 s when something it started keeps its output open', async () => {
    const clock = manualClock();
    const child = start(
      "const c = require('node:child_process').spawn('sleep', ['30'], { stdio: 'inherit', detached: true, env: { PATH: '/bin:/usr/bin' } }); console.log(c.pid); c.unref();",
      clock,
    );
    (await clock.next(5_000)).wake();

    expect(await child.code).toBe(0);
    process.kill(Number(child.lines[0]), 'SIGKILL');
  });

  it('rejects when it cannot start', async () => {
    const { signal } = new AbortController();
    const options = { file: '/no/such/program', args: [], cwd: '/', env: {}, clock: systemClock, signal };

    await expect(runChild({ ...options, onLine: () => undefined })).rejects.toThrow('ENOENT');
  });
});

describe('lines', () => {
  it.each<[string, string[], string[]]>([
    ['across chunks', ['a', 'b\nc'], ['ab', 'c']],
    ['CRLF across chunks', ['a\r', '\nb\n'], ['a', 'b']],
    ['a carriage return alone', ['progress\r::error::x\n'], ['progress', '::error::x']],
    ['empty lines', ['\n\na'], ['', '', 'a']],
    ['a letter cut in two', ['\u00E9'], ['\u00E9']],
  ])('%s', (_name, chunks, expected) => {
    const lines: string[] = [];
    const reader = lineReader((line) => lines.push(line));
    for (const chunk of chunks) for (const byte of Buffer.from(chunk)) reader.write(Buffer.from([byte]));
    reader.end();

    expect(lines).toEqual(expected);
  });

  it('are cut when they are longer than a mebibyte', () => {
    const lengths: number[] = [];
    const reader = lineReader((line) => lengths.push(line.length));
    for (let chunk = 0; chunk < 48; chunk += 1) reader.write(Buffer.alloc(64 * 1024, 'x'));
    reader.end();

    expect(Math.max(...lengths)).toBeLessThan(1.1 * 1024 * 1024);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(48 * 64 * 1024);
  });
});
