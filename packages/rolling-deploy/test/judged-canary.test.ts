// A canary and an A/B comparison under analysis, in memory: verdicts, policies without data, pauses, and the way back.
import { describe, expect, it } from '@jest/globals';
import { DeployError } from '../src/errors.js';
import type { Approvals } from '../src/pauses.js';
import type { Metrics } from '../src/samples.js';
import { parseStrategy } from '../src/strategy.js';
import { type Rolled, type RollOptions, roll } from './roll.js';
import {
  createFakeWorld,
  type FakeInstance,
  type FakeWorld,
  type FakeWorldOptions,
  wantedRevision,
} from './world.js';

const old = { revision: 'older', createdAt: 5, vice: 'none', running: true, traffic: 'in' } as const;
const worldOf = (options: Partial<FakeWorldOptions> = {}): FakeWorld =>
  createFakeWorld({ instances: [old, old], ...options });
const isFresh = ({ revision }: FakeInstance): boolean => revision === wantedRevision;
const canary = (steps: unknown, more: object = {}) => parseStrategy({ type: 'canary', steps, ...more });
const play = (
  world: FakeWorld,
  steps: unknown,
  more: object = {},
  options: RollOptions = {},
): Promise<Rolled> => roll(world, { instances: 2, strategy: canary(steps, more), ...options });
const serving = (world: FakeWorld): readonly string[] => [
  ...new Set(world.all.filter(({ traffic }) => traffic === 'in').map(({ revision }) => revision)),
];

describe('a canary under analysis', () => {
  it('says beforehand what a step needs, and afterwards what it found', async () => {
    const world = worldOf({ requests: () => 100 });

    const { result, said } = await play(world, '10% for 20s, 50% for 20s');

    expect(result?.outcome).toBe('deployed');
    expect(said[0]).toMatch(
      /^analysis at 10 %: 780 requests to the new version tell 1 % errors from 0.1 % with 95 % certainty/,
    );
    expect(said).toContainEqual(expect.stringMatching(/^analysis at 10 %: pass, 0 of \d+ requests failed/));
    expect(result?.analyses).toMatchObject([
      { percent: 10, verdict: 'pass', p: 1 },
      { percent: 50, verdict: 'pass', p: 1 },
      { percent: 100, observed: null },
    ]);
  });

  it('ends a step early when the verdict is clear, and brings the former version back', async () => {
    const errors = (one: FakeInstance): number => (isFresh(one) ? Math.round(one.served / 2) : 0);
    const world = worldOf({ errors, requests: (one) => (isFresh(one) ? 2 : 30) });

    const { result, steps } = await play(world, '10% for 1h');

    expect(result).toMatchObject({ outcome: 'undone', failure: { code: 'errors-in-traffic' } });
    expect(result?.analyses).toMatchObject([{ percent: 10, verdict: 'fail' }]);
    expect(steps.find(({ kind }) => kind === 'settle')?.seconds).toBeLessThan(10);
    expect(serving(world)).toEqual(['older']);
  });

  it('does not take a version away that fails as often as the former one always did', async () => {
    const world = worldOf({ requests: () => 100, errors: ({ served }) => Math.round(served * 0.06) });

    expect((await play(world, '10% for 1m')).result?.outcome).toBe('deployed');
  });

  it.each([
    ['pass', 'deployed', undefined, 30],
    ['extend', 'undone', 'not-enough-data', 150],
    ['undo', 'undone', 'not-enough-data', 30],
  ])(
    'without a single request: %s ends as %s, and does not hang',
    async (undecided, outcome, code, seconds) => {
      const world = worldOf({ requests: () => 0 });

      const { result, steps, said } = await play(world, '10% for 30s', {
        analysis: { undecided, 'extend-for': '2m' },
      });

      expect(result).toMatchObject({
        outcome,
        analyses: [{ verdict: 'not-enough-data', observed: null }, ...(code === undefined ? [{}] : [])],
      });
      expect(said[0]).toContain('no request was seen yet');
      if (result !== null && 'failure' in result) expect(result.failure.code).toBe(code);
      else
        expect(result?.notices).toEqual([expect.stringContaining('not one request went to the new version')]);
      expect(steps.find(({ kind }) => kind === 'settle')?.seconds).toBe(seconds);
    },
  );

  it('takes the time that it may be extended by, and no more than it needs', async () => {
    const world = worldOf({ requests: (one) => (isFresh(one) ? 20 : 100) });

    const { result, steps } = await play(world, '10% for 10s', {
      analysis: { undecided: 'extend', 'extend-for': '10m' },
    });

    expect(result?.outcome).toBe('deployed');
    expect(steps.find(({ kind }) => kind === 'settle')?.seconds).toBeGreaterThan(30);
    expect(steps.find(({ kind }) => kind === 'settle')?.seconds).toBeLessThan(50);
  });
});

describe('numbers from elsewhere', () => {
  const sample = (errors: number) => ({
    canary: { requests: 1000, errors },
    baseline: { requests: 9000, errors: 9 },
    times: null,
  });
  const prometheus = {
    url: 'http://p',
    'canary-total': 'a',
    'canary-errors': 'b',
    'baseline-total': 'c',
    'baseline-errors': 'd',
  };
  const metricsOf = (
    read: Metrics['read'],
    check: Metrics['check'] = () => Promise.resolve(),
  ): RollOptions => {
    return { help: () => ({ metrics: { read, check } }) };
  };
  const asked = { analysis: { prometheus } };

  it('decide in the place of what the router counts', async () => {
    const bad = await play(
      worldOf(),
      '10% for 1m',
      asked,
      metricsOf(async () => sample(50)),
    );
    const good = await play(
      worldOf(),
      '10% for 1m',
      asked,
      metricsOf(async () => sample(1)),
    );

    expect(bad.result).toMatchObject({ outcome: 'undone', failure: { code: 'errors-in-traffic' } });
    expect(good.result).toMatchObject({ outcome: 'deployed', analyses: [{ verdict: 'pass' }, {}] });
  });

  it.each([
    ['pass', 'deployed'],
    ['undo', 'undone'],
  ])('that never come are no pass in silence: %s', async (undecided, outcome) => {
    const away = metricsOf(() => Promise.reject(new Error('Prometheus, canary-total: it answers 503')));

    const { result } = await play(worldOf(), '10% for 1m', { analysis: { prometheus, undecided } }, away);

    expect(result?.outcome).toBe(outcome);
    expect(result?.analyses?.[0]).toMatchObject({
      verdict: 'not-enough-data',
      reason: expect.stringContaining('it answers 503'),
    });
    if (outcome === 'deployed') expect(result?.notices.join()).toContain('it answers 503');
  });

  it('that can never come are found out before anything is started', async () => {
    const refusal = new DeployError({ code: 'prometheus-refused', message: 'bad query', hint: 'Mend it.' });
    const world = worldOf();

    const { result } = await play(
      world,
      '10% for 1m',
      asked,
      metricsOf(
        async () => sample(0),
        () => Promise.reject(refusal),
      ),
    );

    expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'prometheus-refused' } });
    expect(world.operations.filter((name) => name.startsWith('start'))).toEqual([]);
  });
});

describe('a pause', () => {
  const steps = ['10% for 10s', { pause: 'approval' }, '100%'];
  const answers = (look: Approvals['look'], closed: string[] = []): RollOptions => {
    const close: Approvals['close'] = async (_, outcome) => void closed.push(outcome);
    return { help: () => ({ approvals: { look, close } }) };
  };

  it('stands still for its time, at the same share', async () => {
    const { result, steps: done } = await play(worldOf(), ['10% for 10s', { pause: '10m' }, '100%']);

    expect(result?.outcome).toBe('deployed');
    expect(done.find(({ kind }) => kind === 'pause')?.seconds).toBe(600);
  });

  it('ends when somebody approves, who is told what was found', async () => {
    const closed: string[] = [];
    let looks = 0;
    const look: Approvals['look'] = async ({ percent, findings }) => {
      expect([percent, findings]).toEqual([10, [expect.stringMatching(/^at 10 %: /)]]);
      looks += 1;
      return looks < 30 ? null : 'ada';
    };

    const { result, said } = await play(worldOf(), steps, {}, answers(look, closed));

    expect(result?.outcome).toBe('deployed');
    expect(said).toContain('the pause at 10 % was ended: approved by ada');
    expect(closed).toEqual(['approved by ada']);
  });

  it('ends with the former version when nobody does', async () => {
    const closed: string[] = [];
    const world = worldOf();

    const { result, steps: done } = await play(
      world,
      steps,
      { 'pause-deadline': '20m' },
      answers(async () => null, closed),
    );

    expect(result).toMatchObject({ outcome: 'undone', failure: { code: 'not-approved' } });
    expect(done.find(({ kind }) => kind === 'pause')?.seconds).toBe(1200);
    expect(serving(world)).toEqual(['older']);
    expect(closed).toEqual([expect.stringContaining('nobody approved within 20 min')]);
  });

  it('does not keep a version that dies meanwhile', async () => {
    let looks = 0;
    const world = worldOf();
    const look: Approvals['look'] = async () => {
      looks += 1;
      for (const one of world.all) if (looks === 5 && isFresh(one)) one.running = false;
      return null;
    };

    const { result } = await play(world, steps, {}, answers(look));

    expect(result).toMatchObject({ outcome: 'undone', failure: { code: 'instance-exited' } });
    expect(looks).toBe(5);
  });

  it('does not keep a version that begins to fail meanwhile', async () => {
    let looks = 0;
    const errors = (one: FakeInstance): number => (isFresh(one) && looks > 3 ? one.served - 600 : 0);
    const look: Approvals['look'] = async () => {
      looks += 1;
      return null;
    };

    const { result, steps: done } = await play(worldOf({ errors }), steps, {}, answers(look));

    expect(result).toMatchObject({ outcome: 'undone', failure: { code: 'errors-in-traffic' } });
    expect(done.find(({ kind }) => kind === 'pause')?.seconds).toBeLessThan(60);
  });

  it('ends with a cancel', async () => {
    const controller = new AbortController();
    const closed: string[] = [];
    const look: Approvals['look'] = async () => {
      controller.abort();
      return null;
    };

    const { result } = await play(
      worldOf(),
      steps,
      {},
      { ...answers(look, closed), signal: controller.signal },
    );

    expect(result).toMatchObject({ failure: { code: 'cancelled' } });
    expect(closed).toHaveLength(1);
  });
});

describe('A/B', () => {
  const ab = (more: object = {}) =>
    parseStrategy({ type: 'ab', header: 'X-Variant', value: 'b', for: '30s', ...more });
  const back = parseStrategy(JSON.parse('{"type":"ab","cookie":"v","value":"b","for":"30s","then":"back"}'));
  const isRouted = (world: FakeWorld): boolean => world.all.some(({ signed }) => signed === true);

  it('gives the new version only what carries the sign, then everything', async () => {
    const world = worldOf();

    const { result, steps } = await roll(world, { instances: 2, strategy: ab() });

    expect(result).toMatchObject({ outcome: 'deployed', instances: 2, analyses: [{ percent: null }] });
    const kinds = steps.map(({ kind }) => kind);
    expect(kinds.filter((kind) => ['split', 'route', 'settle'].includes(kind))).toEqual([
      'split',
      'route',
      'settle',
      'split',
      'settle',
    ]);
    expect([serving(world), isRouted(world)]).toEqual([[wantedRevision], false]);
  });

  it('takes it back when that was the plan, and says that the former version serves', async () => {
    const world = worldOf();

    const { result } = await roll(world, { instances: 2, strategy: back });

    expect(result).toMatchObject({ outcome: 'unchanged', serves: 'sha256:older', instances: 2 });
    expect([serving(world), isRouted(world)]).toEqual([['older'], false]);
    expect(world.all).toHaveLength(2);
  });

  it('takes it back when it fails those who saw it, and their sign counts no longer', async () => {
    const world = worldOf({ vices: ['lies'] });

    const { result } = await roll(world, { instances: 2, strategy: ab() });

    expect(result).toMatchObject({ outcome: 'undone', failure: { code: 'errors-in-traffic' } });
    expect([serving(world), isRouted(world)]).toEqual([['older'], false]);
  });

  it('brings everything at once where nothing served', async () => {
    const world = createFakeWorld({ instances: [] });

    const { result } = await roll(world, { instances: 2, strategy: ab() });

    expect(result).toMatchObject({ outcome: 'deployed', instances: 2 });
    expect(world.operations.filter((name) => name.startsWith('route'))).toEqual([]);
  });
});
