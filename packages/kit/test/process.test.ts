// Child processes, all of them real: results, limits, signals, and what a child can see of our environment.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LongCommand, LongResult } from '../src/process.js';
import { childEnvironment, runCommand, startCommand } from '../src/process.js';
import { bundleFixture } from './bundle.js';

const folder = mkdtempSync(join(tmpdir(), 'headgate-process-'));
const never = new AbortController().signal;
let logs = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('childEnvironment', () => {
  it('is what a child really gets, and nothing of the runner is in it', async () => {
    const former = { ...process.env };
    Object.assign(process.env, {
      ACTIONS_RUNTIME_TOKEN: 'x',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
      GITHUB_TOKEN: 'x',
      GITHUB_ENV: '/tmp/x',
      INPUT_PASSWORD: 'x',
      STATE_key: 'x',
      RUNNER_TEMP: '/tmp',
      NODE_OPTIONS: '',
      LD_PRELOAD: '',
      npm_config_token: 'x',
      LC_ALL: 'C',
      HTTPS_PROXY: 'http://proxy.example',
      BUILDX_BUILDER: 'one',
      DOCKER_HOST: 'unix:///run/x.sock',
    });
    const { stdout } = await runCommand({ file: 'env', args: ['-0'], env: { ADDED: 'yes' } });
    const seen = Object.fromEntries(
      stdout
        .split('\0')
        .filter((pair) => pair !== '')
        .map((pair) => pair.split(/=(.*)/s)),
    );
    const expected = { ...childEnvironment(process.env), ADDED: 'yes' };
    process.env = former;

    expect(seen).toEqual(expected);
    expect(
      Object.keys(seen).filter((name) =>
        /^(ACTIONS_|GITHUB_|INPUT_|STATE_|RUNNER_|NODE_O|LD_|npm_)/.test(name),
      ),
    ).toEqual([]);
    expect(seen).toMatchObject({
      LC_ALL: 'C',
      HTTPS_PROXY: 'http://proxy.example',
      BUILDX_BUILDER: 'one',
      DOCKER_HOST: 'unix:///run/x.sock',
    });
  });

  it('lets nothing else through, whatever it is called', () => {
    const name = fc.oneof(
      fc.string(),
      fc.stringMatching(/^(ACTIONS|GITHUB|INPUT|STATE|RUNNER|AWS|TF)_[A-Z_]{1,9}$/),
    );
    fc.assert(
      fc.property(name, (key) => {
        fc.pre(!/^(LC_|XDG_|BUILDX_)/.test(key));
        expect(childEnvironment({ [key]: 'x' })).toEqual({});
      }),
    );
  });
});

describe('runCommand', () => {
  it('passes arguments as they are, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))),
        async (args) => {
          const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
          const { stdout } = await runCommand({
            file: process.execPath,
            args: ['-e', script, '--', ...args],
          });
          expect(JSON.parse(stdout)).toEqual(args);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('collects both streams, feeds the input, and takes a code as a result', async () => {
    const result = await runCommand({
      file: 'sh',
      args: ['-c', 'cat; echo err >&2; exit 3'],
      input: 'given',
    });

    expect(result).toEqual({ code: 3, stdout: 'given', stderr: 'err\n' });
  });

  it('works in the folder it is told', async () => {
    expect((await runCommand({ file: 'pwd', args: ['-P'], cwd: '/' })).stdout).toBe('/\n');
  });

  it('reports a death by signal as a shell does', async () => {
    expect((await runCommand({ file: 'sh', args: ['-c', 'kill -TERM $$'] })).code).toBe(143);
  });

  it('does not mind a child that never reads its input', async () => {
    expect((await runCommand({ file: 'true', args: [], input: 'x'.repeat(1_000_000) })).code).toBe(0);
  });

  it('says which tool is missing', async () => {
    await expect(runCommand({ file: 'no-such-tool', args: [] })).rejects.toMatchObject({
      code: 'tool-missing',
      // EACCES where PATH has a folder that is closed to this user.
      message: expect.stringMatching(/^no-such-tool could not be started: E(?:NOENT|ACCES)$/),
    });
  });

  it('kills a child with its children at the time limit', async () => {
    const marker = join(folder, 'alive');
    const started = Date.now();

    const work = runCommand(
      { file: 'sh', args: ['-c', `(sleep 30; touch ${marker}) & sleep 30`] },
      { timeoutMs: 100 },
    );

    await expect(work).rejects.toMatchObject({ code: 'command-timed-out' });
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(existsSync(marker)).toBe(false);
  });

  it('refuses output beyond the limit instead of keeping it', async () => {
    const work = runCommand({ file: 'sh', args: ['-c', 'yes'] }, { maxBytes: 1000 });

    await expect(work).rejects.toMatchObject({ code: 'output-too-large' });
  });

  it('ends with the reason of the signal, and does not even start after it', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const marker = join(folder, 'started');
    const work = runCommand({ file: 'sleep', args: ['30'] }, { signal: controller.signal });
    controller.abort(reason);

    await expect(work).rejects.toBe(reason);
    expect(() => runCommand({ file: 'touch', args: [marker] }, { signal: controller.signal })).toThrow(
      'cancelled',
    );
    expect(existsSync(marker)).toBe(false);
  });
});

describe('startCommand', () => {
  it('writes both streams to the log in order, hands lines on, and keeps the tail', async () => {
    const lines: string[] = [];
    const result = await start('echo one; echo two >&2; printf three', {
      onLine: (line) => void lines.push(line),
    });

    expect(result.outcome).toEqual({ code: 0, signal: null, stopped: null, tail: 'one\ntwo\nthree' });
    expect(lines).toEqual(['one', 'two', 'three']);
    expect(readFileSync(result.log, 'utf8')).toBe('one\ntwo\nthree');
  });

  it('keeps 64 KiB of a long log, and hands every line on', async () => {
    let count = 0;
    const onLine = (): void => {
      count += 1;
    };
    const { outcome } = await start('seq 1 100000', { onLine });

    expect(outcome.tail.length).toBeLessThanOrEqual(64 * 1024);
    expect(outcome.tail.endsWith('\n100000\n')).toBe(true);
    expect(count).toBe(100_000);
  });

  it('sends exactly one stop signal on cancel, to the leader alone', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'process.on("SIGINT", () => console.log("child got it")); console.log("child ready"); setTimeout(() => {}, 20000)'], { stdio: 'inherit' });
      let count = 0;
      process.on('SIGINT', () => { count += 1; console.log('signal', count); child.kill('SIGKILL'); child.on('exit', () => setTimeout(() => process.exit(7), 50)); });
      process.on('SIGTERM', () => console.log('term'));`;
    const controller = new AbortController();
    const { outcome } = await startNode(script, controller.signal, {
      onLine: (line) => {
        if (line !== 'child ready') return;
        controller.abort();
        controller.abort();
      },
    });

    expect(outcome).toMatchObject({ code: 7, stopped: 'cancelled', tail: 'child ready\nsignal 1\n' });
  });

  it('kills the whole group after the grace, and what a stopped leader leaves behind', async () => {
    const controller = new AbortController();
    const pids: number[] = [];
    const script = 'trap "" TERM; sleep 30 & echo $!; wait; wait; sleep 30';
    const { outcome } = await start(script, {
      signal: controller.signal,
      stopSignal: 'SIGTERM',
      graceMs: 50,
      onLine: (line) => {
        pids.push(Number(line));
        controller.abort();
      },
    });

    expect(outcome).toMatchObject({ signal: 'SIGKILL', stopped: 'cancelled' });
    await gone(pids[0] ?? 0);
  });

  it('stops at the deadline by itself', async () => {
    const { outcome } = await start('exec sleep 30', { deadlineMs: 50 });

    expect(outcome).toMatchObject({ signal: 'SIGINT', stopped: 'deadline' });
  });

  it('finishes its work and its log when we are killed', async () => {
    const log = join(folder, 'orphan.log');
    const file = await bundleFixture('orphan.ts', folder);

    const result = await runCommand({ file: process.execPath, args: [file, log] });

    expect(result.code).toBe(137);
    const until = Date.now() + 10_000;
    while (!readFileSync(log, 'utf8').includes('finished') && Date.now() < until) await nextTurn();
    expect(readFileSync(log, 'utf8')).toBe('started\nfinished\n');
  });

  it('says which tool is missing', async () => {
    const work = startCommand({ ...base(), file: 'no-such-tool', args: [] }, never);

    await expect(work).rejects.toMatchObject({ code: 'tool-missing' });
  });

  it('does not start after the signal', async () => {
    const controller = new AbortController();
    controller.abort(new Error('cancelled'));
    const command = { ...base(), file: 'true', args: [] };

    await expect(startCommand(command, controller.signal)).rejects.toThrow('cancelled');
    expect(existsSync(command.logFile)).toBe(false);
  });
});

type Overrides = Partial<LongCommand> & { readonly signal?: AbortSignal };

async function start(
  script: string,
  overrides: Overrides = {},
): Promise<{ outcome: LongResult; log: string }> {
  const { signal = never, ...rest } = overrides;
  const command = { ...base(), file: 'sh', args: ['-c', script], ...rest };
  return { outcome: await startCommand(command, signal), log: command.logFile };
}

async function startNode(
  script: string,
  signal: AbortSignal,
  overrides: Partial<LongCommand>,
): Promise<{ outcome: LongResult }> {
  const command = { ...base(), file: process.execPath, args: ['-e', script], ...overrides };
  return { outcome: await startCommand(command, signal) };
}

function base(): Pick<LongCommand, 'logFile' | 'stopSignal' | 'deadlineMs' | 'graceMs'> {
  logs += 1;
  return { logFile: join(folder, `${logs}.log`), stopSignal: 'SIGINT', deadlineMs: 15_000, graceMs: 5000 };
}

/** Resolves once no process has this id, or it is a zombie that waits for its parent. */
async function gone(pid: number): Promise<void> {
  const until = Date.now() + 10_000;
  while (Date.now() < until) {
    const { stdout } = await runCommand({ file: 'ps', args: ['-o', 'stat=', '-p', String(pid)] });
    if (stdout.trim() === '' || stdout.trim().startsWith('Z')) return;
  }
  throw new Error(`process ${pid} is still there`);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
