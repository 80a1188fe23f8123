// The post step of a main step that was cut off: it waits for the child, looks at the lock, signals nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { markChild } from '@headgate/kit/child-watch';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeFakeTerraform, type ScriptedCommand } from './fake-terraform.js';
import { type Checkout, makeCheckout, postStep } from './step.js';

const lockBlock =
  'Error: locked\n│ Lock Info:\n│   ID:        abc-1\n│   Operation: OperationTypeApply\n│   Who:       dana@host\n';

describe('the post step', () => {
  let checkout: Checkout;
  let core: RecordingCore;
  let folder: string;
  const child = (ms: number) => {
    const started = spawn(process.execPath, ['-e', `setTimeout(() => undefined, ${ms})`], {
      stdio: 'ignore',
    });
    const logFile = join(folder, 'apply.log');
    core.saveState('child', JSON.stringify({ ...markChild(started.pid ?? 0), folder, logFile }));
    return started;
  };
  const finish = (
    untaint: ScriptedCommand = {},
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<boolean> =>
    postStep(checkout, core, { tool: makeFakeTerraform({ commands: { untaint } }), inputs });

  beforeEach(() => {
    checkout = makeCheckout({ 'infra/main.tf': '' });
    core = createTestCore();
    folder = join(dirname(checkout.folder), 'temp', 'headgate-terraform-1');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'apply.log'), 'Stopping operation...\n');
  });
  afterEach(() => checkout.remove());

  it('waits until the child has ended, and finds the lock free', async () => {
    const running = child(700);

    expect(await finish()).toBe(true);

    expect(running.exitCode).toBe(0);
    expect(running.signalCode).toBeNull();
    expect(core.lines.at(-1)).toContain('the lock is free');
    expect(existsSync(folder)).toBe(false);
  });

  it('gives up at its limit, leaving the child and its log alone', async () => {
    const running = child(60_000);

    expect(await finish({}, { 'cancel-wait': '300ms' })).toBe(false);

    expect(running.exitCode).toBeNull();
    expect(core.annotations).toMatchObject([
      { level: 'error', message: expect.stringContaining('still runs') },
    ]);
    expect(existsSync(folder)).toBe(true);
    running.kill();
    await once(running, 'exit');
  });

  it('names a lock that is still held, and how a person frees it', async () => {
    child(0);

    expect(await finish({ code: 1, output: lockBlock })).toBe(false);

    expect(core.annotations[0]?.message).toMatch(
      /lock abc-1, held by dana@host.*terraform force-unlock abc-1/s,
    );
    expect(core.summary()).toContain('abc-1');
  });

  it('points at a state that could not be written', async () => {
    child(0);
    checkout.write('infra/errored.tfstate', '{}');

    await finish();

    expect(core.annotations[0]?.message).toContain('errored.tfstate');
  });

  it.each([
    ['a folder elsewhere', { pid: 1, started: null, folder: '/etc', logFile: '/etc/passwd' }],
    ['a log elsewhere', { pid: 1, started: null, folder: 'own', logFile: '/etc/passwd' }],
    ['no process', { folder: 'own', logFile: 'own/log' }],
  ])('believes no state that names %s', async (_, state) => {
    core.saveState('child', JSON.stringify(state).replaceAll('"own', `"${folder}`));

    await expect(finish()).rejects.toThrow('not readable');
  });
});
