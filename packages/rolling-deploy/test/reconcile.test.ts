// After a lost run, against doubles of engine and proxy: what reconcile takes back, what it leaves, and what a hold leaves.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs } from '../src/inputs.js';
import { readModeInputs, runMode } from '../src/modes.js';
import { type DeployOptions, deploy, type FinishedDeploy, finish, inputsFor } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const one = `registry.example:5000/shop@sha256:${'1'.repeat(64)}`;
const two = `registry.example:5000/shop@sha256:${'2'.repeat(64)}`;
const three = `registry.example:5000/shop@sha256:${'3'.repeat(64)}`;

describe('what a lost run left', () => {
  let host: DoubleHost;
  const inputs = (): Readonly<Record<string, string>> => ({
    engine: host.engineSocket,
    settle: '1ms',
    'health-interval': '10ms',
    'health-deadline': '500ms',
    'drain-deadline': '0s',
  });
  const run = (image: string, options: DeployOptions = {}): Promise<FinishedDeploy> =>
    deploy(host, image, { ...options, inputs: { ...inputs(), ...options.inputs } });
  const reconcile = async (): Promise<{ result: ActionResult; core: RecordingCore }> => {
    const core = createTestCore({ ...inputsFor(host), ...inputs(), mode: 'reconcile' });
    const deps = {
      ...createTestDeps({ core, context: createTestContext({ runId: 77 }) }),
      clock: systemClock,
    };
    return { core, result: await runMode(readModeInputs(createInputReader(inputSpecs, core)), deps) };
  };
  const serving = (): readonly string[] =>
    [...host.slots.values()].flatMap(({ port, state }) => {
      const there = host.containers.find(
        ({ body }) => body.HostConfig.PortBindings['3000/tcp']?.[0].HostPort === String(port),
      );
      return state === 'ready' && there !== undefined ? [there.body.Image] : [];
    });
  const files = (): readonly string[] => readdirSync(join(host.folder, 'locks'));
  const journal = (): string => {
    const name = files().find((file) => file.endsWith('.journal'));
    return join(host.folder, 'locks', name ?? 'none');
  };

  /** The journal as a process leaves it that dies at this line, put back once the run has ended in any way. */
  async function lostAt(line: string, more: DeployOptions = {}): Promise<FinishedDeploy> {
    const controller = new AbortController();
    const texts = new Map<string, string>();
    const cancelled = await run(two, {
      ...more,
      runId: 5,
      signal: controller.signal,
      onLine: (text) => {
        if (!text.startsWith(line) || texts.size > 0) return;
        for (const name of files().filter((file) => file.endsWith('.journal'))) {
          const path = join(host.folder, 'locks', name);
          texts.set(path, readFileSync(path, 'utf8'));
        }
        controller.abort();
      },
    });
    for (const [path, text] of texts) writeFileSync(path, text);
    return cancelled;
  }

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop}}');
    await run(one);
  });
  afterEach(() => host.close());

  it('is taken back by reconcile, which has its lock by then', async () => {
    await lostAt('done settle');
    expect(files()).toHaveLength(1);

    const { result, core } = await reconcile();

    expect(result.failure).toBeUndefined();
    expect(result.outputs).toMatchObject({
      outcome: 'undone',
      digest: `sha256:${'1'.repeat(64)}`,
      instances: '1',
    });
    expect(serving()).toEqual([one]);
    expect(host.containers.map(({ body, state }) => [body.Image, state])).toEqual([[one, 'running']]);
    expect(files()).toEqual([]);
    expect(core.lines.join('\n')).toMatch(
      /was lost at settle .*: it was undone first, 1 of 1 former instances serve/,
    );
    expect(core.summary()).toContain('was lost at');
  });

  it('is nothing to reconcile when no run was lost: no lock is taken, no engine asked', async () => {
    const asked = host.engine.requests.length;
    const { result } = await reconcile();
    expect(result.outputs['outcome']).toBe('unchanged');
    expect(host.engine.requests).toHaveLength(asked);
  });

  it('is left alone by reconcile while its run is alive', async () => {
    const seen: unknown[] = [];
    let reconciling: Promise<unknown> | null = null;
    await run(two, {
      runId: 5,
      inputs: { settle: '1s' },
      onLine: (line) => {
        if (line.startsWith('done admit'))
          reconciling = reconcile().then(({ result }) => seen.push(result.outputs));
      },
    });
    await reconciling;

    expect(seen).toEqual([expect.objectContaining({ outcome: 'unchanged' })]);
    expect(serving()).toEqual([two]);
  });

  it('is gone on with by the same release, which says so', async () => {
    await lostAt('done admit');

    const { result, core } = await run(two, { runId: 6 });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', replaced: `sha256:${'1'.repeat(64)}` });
    expect(serving()).toEqual([two]);
    expect(files()).toEqual([]);
    const told = core.annotations.map(({ message }) => message);
    expect(told).toContainEqual(
      expect.stringMatching(/runs\/1000 was lost at admit .*: its deployment goes on/),
    );
    expect(core.summary()).toContain('its deployment goes on');
  });

  it('is undone first by another release', async () => {
    await lostAt('done settle');

    const { result, core } = await run(three, { runId: 6 });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', replaced: `sha256:${'1'.repeat(64)}` });
    expect(serving()).toEqual([three]);
    expect(host.containers.map(({ body, state }) => [body.Image, state])).toEqual([
      [one, 'exited'],
      [three, 'running'],
    ]);
    expect(core.lines.join('\n')).toContain('done recover a lost run');
  });

  it('is told by containers alone when the journal was made unreadable', async () => {
    await lostAt('done settle');
    writeFileSync(journal(), '{"schemaVersion": 1, "hand": {"former": "::error::');

    const { result, core } = await run(three, { runId: 6 });

    expect(result.outputs['outcome']).toBe('deployed');
    expect(serving()).toEqual([three]);
    expect(core.annotations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('is not readable, it is not JSON'),
    );
    expect(files()).toEqual([]);
  });

  it('of a journal that names strangers is theirs to keep: only containers of this service are touched', async () => {
    await lostAt('done settle');
    const entry = JSON.parse(readFileSync(journal(), 'utf8')) as { hand: { former: { id: string }[] } };
    for (const instance of entry.hand.former) instance.id = 'f'.repeat(64);
    writeFileSync(journal(), JSON.stringify(entry));
    const before = host.engine.requests.length;

    const { result } = await run(three, { runId: 6 });

    expect(result.outputs['outcome']).toBe('deployed');
    expect(host.engine.requests.slice(before).filter(({ path }) => path.includes('f'.repeat(64)))).toEqual(
      [],
    );
  });

  it('holds no secret', async () => {
    const secret = 'very secret value';
    await lostAt('done admit', {
      inputs: { 'deploy-secrets': `environment: {TOKEN: "${secret}"}`, 'environment-secrets': 'TOKEN' },
    });
    expect(files()).toHaveLength(1);
    for (const name of files())
      expect(readFileSync(join(host.folder, 'locks', name), 'utf8')).not.toContain(secret);
  });

  it('on purpose, by on-cancel: hold, stays after the post step and reconcile, and the next run goes on', async () => {
    const hold = { inputs: { 'on-cancel': 'hold' } };
    const controller = new AbortController();
    const cancelled = await run(two, {
      ...hold,
      signal: controller.signal,
      onLine: (line) => {
        if (line.startsWith('done settle')) controller.abort();
      },
    });
    expect(cancelled.result.failure?.code).toBe('cancelled');
    expect(serving()).toEqual([one, two]);
    expect(await finish(host, cancelled.core, { inputs: { ...inputs(), ...hold.inputs } })).toBe(true);
    expect(serving()).toEqual([one, two]);
    expect(JSON.parse(readFileSync(journal(), 'utf8'))).toMatchObject({ state: 'held' });

    const { core } = await reconcile();
    expect(core.lines.join('\n')).toContain('was cancelled and left as it was: it is left');
    expect(serving()).toEqual([one, two]);
    expect(existsSync(journal())).toBe(true);

    const next = await run(two, { runId: 9 });
    expect(next.result.outputs['outcome']).toBe('deployed');
    expect(serving()).toEqual([two]);
    expect(files()).toEqual([]);
  });
});
