// One-off tasks on a real engine: every line, the exit code, the files, the end; and nothing of them is left.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand } from '@headgate/kit/process';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs } from '../src/inputs.js';
import { readModeInputs, runMode } from '../src/modes.js';
import { readTaskInputs } from '../src/task-inputs.js';
import { removeOwnTasks } from '../src/task-place.js';
import { type EngineRelay, startEngineRelay } from './engine-relay.js';
import { type BuiltImage, buildImage, docker, missingEngine, taskContainers, until } from './host.js';
import { missingSshd, type Sshd, sshInputs, startSshd } from './sshd.js';

const transports = [
  ['local', missingEngine()],
  ['ssh', missingEngine() ?? missingSshd()],
] as const;
for (const [transport, missing] of transports)
  if (missing !== null) process.stdout.write(`task.it.test.ts skipped for ${transport}: ${missing}\n`);
const present = transports.flatMap(([transport, missing]) => (missing === null ? [transport] : []));
const onEngine = present.length === 0 ? describe.skip : describe;
const engine = (process.env['DOCKER_HOST'] ?? '').replace('unix://', '') || '/var/run/docker.sock';
const application = 'headgate-task-it';
const secret = 'very secret value';
const count = 100_000;

/** Both streams in turn, as fast as they are taken. */
const many = `
  const fs = require('node:fs');
  for (let at = 0; at < ${count}; at += 1) fs.writeSync(at % 2 === 0 ? 1 : 2, 'line ' + at + '\\n');
`;
const slow = `
  let at = 0;
  const timer = setInterval(() => {
    for (let n = 0; n < 200; n += 1) console.log('line ' + at++);
    if (at === 6000) clearInterval(timer);
  }, 50);
`;
const reporting = `
  const fs = require('node:fs');
  fs.mkdirSync('/results/reports/deep', { recursive: true });
  fs.writeFileSync('/results/reports/deep/unit.xml',
    '<testsuite><testcase name="a"/><testcase name="b"><failure message="no ' + process.env.TOKEN + '"/></testcase></testsuite>');
  fs.writeFileSync('/results/reports/notes.txt', 'notes');
  console.log('::error::evil', process.env.TOKEN, process.env.VERSION, process.env.OWN);
  process.exitCode = 7;
`;
const graceful = `
  process.on('SIGTERM', () => { console.log('put away'); process.exit(0); });
  console.log('at work');
  setInterval(() => {}, 1000);
`;

interface Finished {
  readonly result: ActionResult;
  readonly core: RecordingCore;
}

onEngine.each(present)('a task on a real engine, %s', (transport) => {
  let folder: string;
  let image: BuiltImage;
  let core: RecordingCore;
  let sshd: Sshd | null = null;
  const relays: EngineRelay[] = [];

  beforeAll(async () => {
    image = buildImage('task');
    if (transport === 'ssh') sshd = await startSshd();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-task-'));
    mkdirSync(join(folder, 'workspace'));
    writeFileSync(
      join(folder, 'workspace', 'compose.yaml'),
      'services: {web: {image: app, environment: {VERSION: one}}}',
    );
  });
  afterEach(async () => {
    for (const relay of relays.splice(0)) await relay.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => {
    sshd?.close();
    docker('network', 'rm', `${application}_default`);
  });

  const inputsOf = (task: object, more: Readonly<Record<string, string>>) => {
    return createTestCore({
      mode: 'run',
      environment: 'staging',
      target: 'host-1',
      application,
      service: 'web',
      image: image.reference,
      task: JSON.stringify(task),
      'stop-grace': '5s',
      'engine-deadline': transport === 'ssh' ? '10s' : '2s',
      engine,
      ...(sshd === null ? {} : sshInputs(sshd)),
      'deploy-secrets': JSON.stringify({
        environment: { TOKEN: secret },
        ...(sshd === null ? {} : { 'ssh-key': sshd.key }),
      }),
      'environment-secrets': 'TOKEN',
      ...more,
    });
  };
  const depsOf = (signal = new AbortController().signal) => {
    return {
      ...createTestDeps({
        core,
        signal,
        run: runCommand,
        env: { ...process.env, RUNNER_TEMP: folder },
        context: createTestContext({ workspace: join(folder, 'workspace') }),
      }),
      clock: systemClock,
    };
  };
  const run = async (
    task: object,
    {
      signal,
      ...more
    }: { readonly signal?: AbortSignal; readonly engine?: string; readonly image?: string } = {},
  ): Promise<Finished> => {
    core = inputsOf(task, more);
    const result = await runMode(readModeInputs(createInputReader(inputSpecs, core)), depsOf(signal));
    return { result, core };
  };
  const numbersIn = (lines: readonly string[]): readonly number[] =>
    lines.flatMap((line) => (line.startsWith('line ') ? [Number(line.slice(5))] : []));

  it('loses none of 100,000 lines, and knows its end by one word of the engine, without asking again and again', async () => {
    const asked: string[] = [];
    const relay = await startEngineRelay({
      path: join(folder, 'relay.sock'),
      engine,
      cutAfter: (request) => {
        const [, what] = /^\w+ \S+\/containers\/[0-9a-f]{64}\/(json|wait)/.exec(request) ?? [];
        if (what !== undefined) asked.push(what);
        return null;
      },
    });
    relays.push(relay);

    const { result } = await run({ command: ['node', '-e', many] }, { engine: relay.path });

    expect(result.failure).toBeUndefined();
    expect(result.outputs).toMatchObject({ 'exit-code': '0', files: '' });
    const numbers = numbersIn(core.lines);
    expect(numbers).toHaveLength(count);
    expect(new Set(numbers).size).toBe(count);
    // Standard output and standard error each in their own order.
    for (const parity of [0, 1]) {
      const own = numbers.filter((number) => number % 2 === parity);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    expect(asked).toEqual(['json', 'wait', 'json']);
    expect(core.lines.join('\n')).toMatch(/exit code 0, seen [\d.]+ s after its end/);
    expect(taskContainers(application)).toBe('');
  });

  it('gives exit code, JUnit reports and files, with a secret in none of them, and no line as a command', async () => {
    const { result } = await run({
      command: ['node', '-e', reporting],
      environment: { OWN: 'yes' },
      files: ['/results/reports', '/results/absent'],
    });

    expect(result).toMatchObject({ failure: { code: 'task-failed' }, outputs: { 'exit-code': '7' } });
    const files = String(result.outputs['files']);
    expect(readdirSync(join(files, 'reports')).sort()).toEqual(['deep', 'notes.txt']);
    expect(readFileSync(join(files, 'reports/notes.txt'), 'utf8')).toBe('notes');
    expect(result.entry?.parts.tests).toEqual([
      {
        name: 'reports/deep/unit.xml',
        stage: 'deploy',
        outcome: 'failed',
        detail: '2 tests, 1 failed, 0 skipped, 0.00 s',
      },
      { name: 'reports/deep/unit.xml: b', stage: 'deploy', outcome: 'failed', detail: 'no ***' },
    ]);
    expect(core.annotations.map(({ message }) => message)).toContain('the task left no /results/absent');
    const at = core.lines.indexOf('::error::evil *** one yes');
    expect(core.lines.slice(0, at).findLast((line) => /^::stop-commands::|^::headgate-/.test(line))).toMatch(
      /^::stop/,
    );
    expect([...core.lines, core.summary(), JSON.stringify(result)].join('\n')).not.toContain(secret);
    expect(taskContainers(application)).toBe('');
  });

  it('over connections that break in the middle of the log hands on each line once, in order', async () => {
    let breaks = 0;
    const relay = await startEngineRelay({
      path: join(folder, 'relay.sock'),
      engine,
      cutAfter: (request) => {
        if (!request.includes('/logs') || breaks === 5) return null;
        breaks += 1;
        return 40_000 * breaks;
      },
    });
    relays.push(relay);

    const { result } = await run({ command: ['node', '-e', slow] }, { engine: relay.path });

    expect(result.failure).toBeUndefined();
    expect(relay.cuts()).toBeGreaterThanOrEqual(3);
    expect(numbersIn(core.lines)).toEqual(Array.from({ length: 6_000 }, (_, index) => index));
  });

  it('of an engine that stops answering ends soon, named so', async () => {
    const relay = await startEngineRelay({
      path: join(folder, 'relay.sock'),
      engine,
    });
    relays.push(relay);
    const running = run({ command: ['node', '-e', graceful], deadline: '3s' }, { engine: relay.path });
    await until(() => core.lines.includes('at work'));
    relay.freeze();

    await expect(running).rejects.toMatchObject({ code: 'engine-unreachable' });
    for (const id of taskContainers(application).split('\n')) docker('rm', '-f', id);
  });

  it('at its deadline is asked to stop, and its last words are shown', async () => {
    const { result } = await run({ command: ['node', '-e', graceful], deadline: '2s' });

    expect(result).toMatchObject({ failure: { code: 'task-timed-out' }, outputs: { 'exit-code': '' } });
    expect(core.lines).toContain('put away');
    expect(taskContainers(application)).toBe('');
  });

  it('is asked to stop by a cancel, and gone', async () => {
    const controller = new AbortController();
    const running = run({ command: ['node', '-e', graceful] }, { signal: controller.signal });
    await until(() => core.lines.includes('at work'));
    controller.abort();

    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(core.lines).toContain('put away');
    expect(taskContainers(application)).toBe('');
    expect(core.getState('task')).toBe('running');
  });

  it('that was killed with its step is removed by the post step', async () => {
    const controller = new AbortController();
    const running = run({ command: ['node', '-e', graceful] }, { signal: controller.signal });
    await until(() => core.lines.includes('at work'));

    const inputs = readTaskInputs(createInputReader(inputSpecs, inputsOf({ command: ['x'] }, {})));
    expect(await removeOwnTasks(inputs, depsOf())).toBe(1);

    expect(taskContainers(application)).toBe('');
    await running.catch(() => undefined);
  });

  it('whose files are hostile keeps its exit code, and nothing of them is written', async () => {
    const { result } = await run({
      command: ['node', '-e', "fs.mkdirSync('/results'); fs.symlinkSync('/etc/passwd', '/results/link')"],
      files: ['/results'],
    });

    expect(result).toMatchObject({
      failure: { code: 'files-refused' },
      outputs: { 'exit-code': '0', files: '' },
    });
    expect(readdirSync(folder)).toEqual(['workspace']);
  });

  it('without an image of its own runs in the one that serves, and reaches the service by its name', async () => {
    const labels = {
      application,
      environment: 'staging',
      target: 'host-1',
      service: 'web',
      proxy: '/run/any#web',
    };
    const flags = Object.entries(labels).flatMap(([name, value]) => [
      '--label',
      `io.headgate.${name}=${value}`,
    ]);
    const network = ['--network', `${application}_default`];
    const instance = docker('run', '-d', ...network, ...flags, image.reference);
    const ask = `
      const ask = () => fetch('http://web:3000/health').then(({ status }) => console.log('answered', status), () => setTimeout(ask, 100));
      ask();
    `;
    try {
      const { result } = await run({ command: ['node', '-e', ask] }, { image: '' });

      expect(result.failure).toBeUndefined();
      expect(core.lines).toContain('answered 200');
    } finally {
      docker('rm', '-f', instance);
    }
    await expect(run({ command: ['node'] }, { image: '' })).rejects.toMatchObject({
      code: 'image-without-digest',
    });
  });

  it('whose command the image does not have says so', async () => {
    await expect(run({ command: ['no-such-command'] })).rejects.toMatchObject({ code: 'cannot-run' });
    expect(taskContainers(application)).toBe('');
  });
});
