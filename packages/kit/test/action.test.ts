// The life of an action: what it reports on success, failure, a defect and a cancel — in process, and as a real one.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ActionDefinition, type ActionResult, performAction } from '../src/action.js';
import type { ActionHost } from '../src/action-host.js';
import type { Deps } from '../src/deps.js';
import { ActionError } from '../src/errors.js';
import type { LegNews } from '../src/feedback.js';
import { commonInputs } from '../src/inputs.js';
import { type Entry, parseEntry } from '../src/record.js';
import { legHash } from '../src/record-names.js';
import { runBundle, startBundle } from '../src/testing/action.js';
import { createTestCore, type RecordingCore } from '../src/testing/core.js';
import { createTestDeps } from '../src/testing/deps.js';
import { bundleFixture } from './bundle.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-action-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('performAction', () => {
  it('reports a success: outputs, entry, no annotation', async () => {
    const { core, result, entry } = await perform({ settings: '{"leg":"web"}' }, async () => ({
      outputs: { digest: 'sha256:1' },
      entry: { parts: { tests: [{ name: 't', stage: 'images', outcome: 'passed', detail: '' }] } },
    }));

    expect(result).toBe('success');
    expect(Object.fromEntries(core.outputs)).toMatchObject({
      digest: 'sha256:1',
      result: 'success',
      'leg-id': legHash('images', 'web'),
    });
    expect(entry).toMatchObject({
      name: 'web',
      attempt: 2,
      result: 'success',
      cause: null,
      parts: { tests: [{ name: 't' }] },
    });
    expect(core.annotations).toEqual([]);
    expect(core.summary()).toBe('');
  });

  it('reports a thrown failure with its outputs, its hint and its cause', async () => {
    const { core, result, entry } = await perform({}, async () => {
      throw new ActionError({
        code: 'test-failed',
        message: 'the stage <test> failed',
        hint: 'See the log.',
        outputs: { digest: 'd' },
      });
    });

    expect(result).toBe('failure');
    expect(Object.fromEntries(core.outputs)).toMatchObject({ digest: 'd', result: 'failure' });
    expect(entry).toMatchObject({
      name: 'probe',
      result: 'failure',
      cause: { code: 'test-failed', message: 'the stage <test> failed', hint: 'See the log.' },
    });
    expect(core.annotations).toEqual([
      {
        level: 'error',
        message: 'the stage <test> failed\nSee the log.',
        place: { title: 'probe: test-failed' },
      },
    ]);
    expect(core.summary()).toContain('the stage &lt;test&gt; failed');
  });

  it('shows the place beside the line, in the entry and as a link, before all the rest of the summary', async () => {
    const place = { file: 'Dockerfile', line: 4 };
    const error = new ActionError({
      code: 'gate-failed',
      message: 'm',
      hint: 'h',
      place,
      excerpt: 'not ok 1',
    });
    const { core, entry } = await perform({}, async (deps) => {
      await deps.core.appendSummary('what was done');
      throw error;
    });

    expect(entry?.cause).toEqual({
      code: 'gate-failed',
      message: 'm',
      hint: 'h',
      file: 'Dockerfile',
      line: 4,
      excerpt: 'not ok 1',
    });
    expect(core.annotations).toEqual([
      {
        level: 'error',
        message: 'm\nh',
        place: { title: 'probe: gate-failed', file: 'Dockerfile', startLine: 4 },
      },
    ]);
    expect(core.summary()).toMatch(/^### probe failed[\s\S]*not ok 1[\s\S]*what was done$/);
    expect(core.summary()).toContain('[Dockerfile:4](https://github.com/acme/shop/blob/abc/Dockerfile#L4)');
    expect(core.summary()).toContain('https://github.com/acme/shop/actions/runs/7/attempts/2');
  });

  it('hands the failure on as an output where one is declared, without the log and without a secret', async () => {
    const secret = 'p4ssword-value';
    const place = { file: 'headgate.yml', line: 3 };
    const fail = (): Promise<never> =>
      Promise.reject(
        new ActionError({ code: 'x', message: `no ${secret}`, hint: 'h', place, excerpt: 'log' }),
      );
    const inputs = { 'build-secrets': `build: {A: ${secret}}` };
    const declared = await perform(inputs, fail, { outputNames: ['digest', 'failure'] });
    const undeclared = await perform(inputs, fail);

    expect(JSON.parse(declared.core.outputs.get('failure') ?? '')).toEqual({
      code: 'x',
      message: 'no ***',
      hint: 'h',
      file: 'headgate.yml',
      line: 3,
    });
    expect(undeclared.core.outputs.has('failure')).toBe(false);
  });

  it.each([
    [
      'a failure',
      () => Promise.reject(new ActionError({ code: 'x', message: 'm', hint: 'h' })),
      /^### images web failed/,
    ],
    ['a success', async () => ({ outputs: {} }), null],
  ] as const)('tells the pull request of %s where it was asked to', async (_, work, expected) => {
    const news: { token: string; leg: string; section: string | null }[] = [];
    const feedback = {
      tokenOf: () => 'token',
      load: async () => ({
        tellLeg: async (_deps: Deps, token: string, each: LegNews) => void news.push({ token, ...each }),
      }),
    };
    await perform({ leg: 'web' }, work, { feedback });
    await perform({ leg: 'web' }, work, { feedback: { ...feedback, tokenOf: () => null } });

    expect(news).toEqual([
      {
        token: 'token',
        leg: legHash('images', 'web'),
        section: expected === null ? null : expect.stringMatching(expected),
      },
    ]);
  });

  it('names the leg as the inputs do, for success and failure alike', async () => {
    const legOf = (): string => 'host-1';
    const good = await perform({}, async () => ({ outputs: {} }), { legOf });
    const bad = await perform({}, () => Promise.reject(new Error('a defect')), { legOf });

    expect([good.entry?.name, bad.entry?.name]).toEqual(['host-1', 'host-1']);
    expect(bad.core.outputs.get('leg-id')).toBe(legHash('images', 'host-1'));
  });

  it('does not say in the summary again what the action has explained there', async () => {
    const failure = new ActionError({ code: 'undone', message: 'the cause', hint: 'the cure' });
    const { core, result } = await perform({}, async () => ({ outputs: {}, failure, explained: true }));

    expect(result).toBe('failure');
    expect(core.summary()).toBe('');
    expect(core.annotations).toEqual([expect.objectContaining({ message: 'the cause\nthe cure' })]);
  });

  it('reports a failure that comes with a result, parts included', async () => {
    const failure = new ActionError({ code: 'undone', message: 'm', hint: 'h' });
    const { core, result, entry } = await perform({}, async () => ({
      outputs: { digest: 'd' },
      entry: { parts: { tests: [{ name: 't', stage: 'deploy', outcome: 'failed', detail: '' }] } },
      failure,
    }));

    expect(result).toBe('failure');
    expect(core.outputs.get('digest')).toBe('d');
    expect(entry).toMatchObject({
      result: 'failure',
      cause: { code: 'undone' },
      parts: { tests: [{ outcome: 'failed' }] },
    });
  });

  it('calls anything else a defect, with its stack in the debug log', async () => {
    const { core, entry } = await perform({}, async () => {
      throw new TypeError('x is undefined');
    });

    expect(entry).toMatchObject({ cause: { code: 'internal', message: 'x is undefined' } });
    expect(core.debugLines.join()).toContain('TypeError: x is undefined');
  });

  it('leaves the entry of its leg even when no input can be read, and never loads its work', async () => {
    for (const inputs of [{ leg: 'web', settings: '{' }, { settings: '{"leg":"web","unknown":1}' }]) {
      let ran = false;
      const { entry } = await perform(inputs, async () => {
        ran = true;
        return { outputs: {} };
      });

      expect(entry).toMatchObject({ leg: legHash('images', 'web'), cause: { code: 'invalid-input' } });
      expect(ran).toBe(false);
    }
  });

  it('leaves no entry without a stage, unless the work names one', async () => {
    const without = await perform({}, async () => ({ outputs: {} }), { stage: null });
    const named = await perform(
      {},
      async () => ({ outputs: {}, entry: { stage: 'finish', name: 'all', parts: {} } }),
      { stage: null },
    );

    expect(without.entry).toBeNull();
    expect(without.core.outputs.get('entry-file')).toBe('');
    expect(named.entry).toMatchObject({ stage: 'finish', name: 'all' });
  });

  it('lets no secret into outputs or entry, in whatever form', async () => {
    const secret = 'p4ssword-value';
    for (const value of [
      secret,
      `x${Buffer.from(secret).toString('base64')}`,
      encodeURIComponent(`a ${secret}`),
    ]) {
      const { core, result, entry } = await perform(
        { 'build-secrets': `build: {A: ${secret}}` },
        async () => ({ outputs: { digest: value } }),
      );

      expect(result).toBe('failure');
      expect(core.outputs.has('digest')).toBe(false);
      expect(entry).toMatchObject({ result: 'failure', cause: { code: 'secret-in-output' } });
    }
    const { core, entry } = await perform({ 'build-secrets': `build: {A: ${secret}}` }, async () => {
      throw new ActionError({ code: 'x', message: `login with ${secret} failed`, hint: `change ${secret}` });
    });
    const everything = JSON.stringify([entry, core.annotations, core.summary(), [...core.outputs]]);
    expect(everything).not.toContain(secret);
    expect(entry).toMatchObject({ cause: { message: 'login with *** failed' } });
  });

  it('fails on an output it did not declare', async () => {
    const { result, core } = await perform({}, async () => ({ outputs: { undeclared: 'x' } }));

    expect(result).toBe('failure');
    expect(core.outputs.get('result')).toBe('failure');
    expect(core.annotations[0]?.message).toContain('"undeclared" is not declared');
  });

  it('removes its private folder whatever happens', async () => {
    const { removed } = await perform({}, async () => {
      throw new Error('x');
    });

    expect(removed).toBe(true);
  });
});

describe('runAction in a real process', () => {
  let main: string;
  let bundles: string;

  beforeAll(async () => {
    bundles = mkdtempSync(join(tmpdir(), 'headgate-bundle-'));
    main = await bundleFixture('probe-action.ts', bundles);
  });

  afterAll(() => rmSync(bundles, { recursive: true, force: true }));

  it('reads inputs as the runner passes them and leaves nothing behind but its entry', async () => {
    const started = startBundle({ main, inputs: { mode: 'list', leg: 'web', 'build-args': 'A: [1, 2]' } });
    const finished = await started.finished;

    expect(finished).toMatchObject({ exitCode: 0, stderr: '' });
    expect(finished.outputs.get('digest')).toBe('{"A":[1,2]}');
    expect(finished.outputs.get('result')).toBe('success');
    expect(parseEntry(finished.entry)).toMatchObject({ name: 'web', result: 'success' });
    expect(readdirSync(started.temporary)).toHaveLength(1);
    started.remove();
    expect(existsSync(started.temporary)).toBe(false);
  });

  it('exits 1 at a missing input, having loaded nothing', async () => {
    const finished = await runBundle({ main });

    expect(finished.exitCode).toBe(1);
    expect(finished.stdout).toContain('::error title=probe%3A invalid-input::mode: it is required');
    expect(finished.stdout).not.toContain('run is loaded');
    expect(finished.entry).toMatchObject({ result: 'failure', cause: { code: 'invalid-input' } });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('cleans up after %s and says it was cancelled', async (signal) => {
    const started = startBundle({ main, inputs: { mode: 'heed' } });
    await started.waitFor('waiting');
    started.kill(signal);
    const finished = await started.finished;

    expect(finished.exitCode).toBe(1);
    expect(finished.stdout).toContain('cleaned up');
    expect(finished.outputs.get('result')).toBe('cancelled');
    expect(finished.entry).toMatchObject({ result: 'cancelled', cause: { code: 'cancelled' } });
    expect(readdirSync(started.temporary)).toHaveLength(1);
    started.remove();
  });

  it('is gone within 5 s of the signal even when its work does not heed it, and a second signal changes nothing', async () => {
    const started = startBundle({ main, inputs: { mode: 'ignore' } });
    await started.waitFor('waiting');
    const signalled = Date.now();
    started.kill('SIGINT');
    await started.waitFor('signal seen');
    started.kill('SIGTERM');
    const finished = await started.finished;

    expect(Date.now() - signalled).toBeLessThan(5000);
    expect(finished.exitCode).toBe(1);
    expect(finished.entry).toMatchObject({
      result: 'cancelled',
      cause: { message: expect.stringContaining('cleaning up took too long') },
    });
    started.remove();
  });

  it('ends when its work has, whatever timers are left', async () => {
    const finished = await runBundle({ main, inputs: { mode: 'leak' }, timeoutMs: 15_000 });

    expect(finished).toMatchObject({ exitCode: 0, signal: null });
  });
});

interface Performed {
  readonly core: RecordingCore;
  readonly result: string;
  readonly entry: Entry | null;
  readonly removed: boolean;
}

async function perform(
  inputs: Readonly<Record<string, string>>,
  run: (deps: Deps) => Promise<ActionResult>,
  overrides: Partial<ActionDefinition<unknown>> = {},
): Promise<Performed> {
  const core = createTestCore(inputs);
  let removed = false;
  const host: ActionHost = {
    core,
    signal: new AbortController().signal,
    cleanUpLimit: new Promise<never>(() => undefined),
    entryFolder: folder,
    runAttempt: 2,
    links: {
      filesUrl: 'https://github.com/acme/shop/blob/abc',
      logUrl: 'https://github.com/acme/shop/actions/runs/7/attempts/2',
    },
    createDeps: async (wrapped) => ({ ...createTestDeps({ temporary: folder }), core: wrapped }),
    removeTemporary: () => {
      removed = true;
    },
    exit: () => undefined,
  };
  const definition: ActionDefinition<unknown> = {
    name: 'probe',
    stage: 'images',
    specs: { ...commonInputs, 'build-secrets': { default: '' } },
    outputNames: ['digest'],
    readInputs: (reader) => reader.secretMap('build-secrets'),
    load: async () => ({ run: (_inputs, deps) => run(deps) }),
    ...overrides,
  };
  const result = await performAction(definition, host);
  const file = core.outputs.get('entry-file') ?? '';
  const entry = file === '' ? null : parseEntry(JSON.parse(readFileSync(file, 'utf8')));
  return { core, result, entry, removed };
}
