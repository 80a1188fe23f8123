// Mode run against a double of the engine: what the step ends with, and what it leaves.
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs } from '../src/inputs.js';
import { readModeInputs, runMode } from '../src/modes.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const one = `registry.example:5000/shop@sha256:${'1'.repeat(64)}`;

describe('a task', () => {
  let host: DoubleHost;
  let core: RecordingCore;

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop, container_name: web, ports: ["80:80"]}}');
  });
  afterEach(() => host.close());

  const run = (task: object, more: Readonly<Record<string, string>> = {}): Promise<ActionResult> => {
    core = createTestCore({
      mode: 'run',
      environment: 'integration',
      target: 'host-1',
      application: host.application,
      service: 'web',
      image: one,
      engine: host.engineSocket,
      'engine-deadline': '10s',
      'stop-grace': '0s',
      task: JSON.stringify(task),
      ...more,
    });
    const context = createTestContext({ workspace: join(host.folder, 'workspace') });
    const deps = { ...createTestDeps({ core, context }), clock: systemClock };
    return runMode(readModeInputs(createInputReader(inputSpecs, core)), deps);
  };

  it('that ends well is green, gone, and leaves its times in the record', async () => {
    const result = await run({ name: 'migrate', command: ['exit', '0'] });

    expect(result.failure).toBeUndefined();
    expect(result.outputs).toEqual({ 'exit-code': '0', files: '' });
    expect(result.entry?.parts.timings?.map(({ step }) => step)).toEqual(['prepare', 'run migrate']);
    expect(host.containers).toEqual([]);
    expect(core.lines).toContain('last words');
    expect(core.getState('task')).toBe('');
  });

  it.each([
    ['another exit code', ['exit', '7'], 'task-failed', '7'],
    ['no memory left', ['oom', '0'], 'task-failed', '0'],
    ['no end', ['hang'], 'task-timed-out', ''],
  ])('with %s fails, with its last lines in the summary, and is gone', async (_, command, code, exitCode) => {
    const result = await run({ command, deadline: '200ms' });

    expect(result).toMatchObject({ failure: { code }, explained: true, outputs: { 'exit-code': exitCode } });
    expect(core.summary()).toContain('last words');
    expect(host.containers).toEqual([]);
  });

  it.each([
    ['refused', 'engine-refused'],
    ['lost', 'engine-unreachable'],
  ])('whose creation is %s fails as %s', async (vice, code) => {
    await expect(run({ command: [vice] })).rejects.toMatchObject({ code });
    expect(core.getState('task')).toBe('running');
  });

  it('without an image needs an instance that runs', async () => {
    await expect(run({ command: ['exit', '0'] }, { image: '' })).rejects.toMatchObject({
      code: 'image-without-digest',
    });
  });

  it('pulls an image that the host does not have, once', async () => {
    await run({ command: ['exit', '0'] });
    await run({ command: ['exit', '0'] });
    expect(host.engine.requests.filter(({ path }) => path.endsWith('/images/create'))).toHaveLength(1);
  });
});
