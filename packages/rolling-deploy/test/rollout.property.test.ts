// From any world and with any failing step: never without a fit instance in traffic, and one version in the end.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Amount, parseStrategy, type Strategy } from '../src/strategy.js';
import { roll } from './roll.js';
import { createFakeWorld, type FakeInstance, fitInTraffic, type Vice, wantedRevision } from './world.js';

const revisions = ['older', 'middle', wantedRevision];

const instance = fc
  .record({
    revision: fc.constantFrom(...revisions),
    age: fc.integer({ min: 0, max: 20 }),
    state: fc.constantFrom('in', 'draining', 'out', 'stopped'),
  })
  .map(({ revision, age, state }): Omit<FakeInstance, 'id' | 'served'> => {
    const traffic = state === 'in' || state === 'draining' ? state : 'out';
    return { revision, createdAt: age, vice: 'none', running: state !== 'stopped', traffic };
  });

/** At least one instance serves: what a deployment may start from. */
const serving = fc
  .tuple(fc.constantFrom('older', 'middle'), fc.array(instance, { maxLength: 4 }))
  .map(([revision, others]) => [
    { revision, createdAt: 5, vice: 'none' as Vice, running: true, traffic: 'in' as const },
    ...others,
  ]);

const fault = fc.record({
  at: fc.integer({ min: -1, max: 60 }),
  when: fc.constantFrom('before' as const, 'after' as const),
  code: fc.constantFrom('engine-unreachable' as const, 'engine-refused' as const),
  lasting: fc.constantFrom('no' as const, 'engine' as const),
});

const vices = fc.array(
  fc.constantFrom<Vice>('none', 'none', 'never-healthy', 'exits', 'lies', 'dies-in-traffic', 'wrong-image'),
  { maxLength: 3 },
);

const instances = (value: number): Amount => ({ value, unit: 'instances' });
const strategy: fc.Arbitrary<Strategy> = fc.oneof(
  fc.record({ surge: fc.integer({ min: 1, max: 3 }), batch: fc.option(fc.integer({ min: 1, max: 3 })) }).map(
    ({ surge, batch }): Strategy => ({
      kind: 'rolling',
      surge: instances(surge),
      unavailable: instances(0),
      batch: batch === null ? null : instances(batch),
    }),
  ),
  fc.constant<Strategy>({ kind: 'blue-green', warmMs: 3000 }),
  fc
    .subarray([5, 20, 50])
    .map(
      (shares): Strategy =>
        parseStrategy({ type: 'canary', steps: [...shares.map((percent) => `${percent}% for 2s`), '100%'] }),
    ),
  fc.constant(parseStrategy({ type: 'ab', header: 'X-Variant', value: 'b', for: '2s' })),
);

describe('a roll-out from any world, by any strategy, with any failing step', () => {
  it('always leaves a fit instance in traffic, and exactly one version', async () => {
    const cases = fc.record({
      instances: serving,
      fault,
      vices,
      strategy,
      count: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ instances, fault: chosen, vices: wrong, strategy: by, count }) => {
        let gaps = 0;
        const watch = (): void => {
          if (fitInTraffic(world).length === 0) gaps += 1;
        };
        const world = createFakeWorld({ instances, fault: chosen, vices: wrong, watch });

        const { result } = await roll(world, { instances: count, strategy: by });

        if (!trusts(by, wrong)) expect(gaps).toBe(0);
        expect(fitInTraffic(world).length).toBeGreaterThan(0);
        if (result !== null) expect(versionsInTraffic(world.all)).toHaveLength(1);
        if (result?.outcome === 'deployed') {
          expect(versionsInTraffic(world.all)).toEqual([wantedRevision]);
          expect(fitInTraffic(world)).toHaveLength(count);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('reports success only when nothing failed that a step needed', async () => {
    const cases = fc.record({ instances: serving, vices, strategy });
    await fc.assert(
      fc.asyncProperty(cases, async ({ instances, vices: wrong, strategy: by }) => {
        const world = createFakeWorld({ instances, vices: wrong });

        const { result, rejected } = await roll(world, { instances: 3, strategy: by });

        expect(rejected).toBeNull();
        const started = world.operations.filter((name) => name.startsWith('start ')).length;
        const bad = wrong.slice(0, started).some((vice) => vice !== 'none');
        expect(result?.outcome === 'deployed' || result?.outcome === 'unchanged').toBe(!bad);
      }),
      { numRuns: 500 },
    );
  });

  it('a second run after any failure reaches the wanted version', async () => {
    const cases = fc.record({ instances: serving, fault, first: strategy, second: strategy });
    await fc.assert(
      fc.asyncProperty(cases, async ({ instances, fault: chosen, first: by, second: then }) => {
        const first = createFakeWorld({ instances, fault: chosen });
        await roll(first, { instances: 2, strategy: by });
        const second = createFakeWorld({ instances: first.all });

        const { result } = await roll(second, { instances: 2, strategy: then });

        expect(['deployed', 'unchanged']).toContain(result?.outcome);
        expect(versionsInTraffic(second.all)).toEqual([wantedRevision]);
        expect(second.all.filter(({ running }) => running)).toHaveLength(2);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Everything goes to the new version at once: one that only fails in traffic is found out in traffic. */
function trusts(by: Strategy, vices: readonly Vice[]): boolean {
  const atOnce = by.kind === 'blue-green' || (by.kind === 'canary' && by.steps.length === 1);
  return atOnce && vices.some((vice) => vice === 'lies' || vice === 'dies-in-traffic');
}

function versionsInTraffic(all: readonly FakeInstance[]): readonly string[] {
  const serving = all.filter(({ running, traffic }) => running && (traffic === 'in' || traffic === 'some'));
  return [...new Set(serving.map(({ revision }) => revision))];
}
