// Rounds of a rolling replacement: from any number of instances, by any strategy, within its limits.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planRounds } from '../src/rounds.js';
import { type Amount, countOf, type Rolling } from '../src/strategy.js';
import type { Instance } from '../src/target.js';

const amount: fc.Arbitrary<Amount> = fc.oneof(
  fc.record({ value: fc.integer({ min: 0, max: 8 }), unit: fc.constant('instances' as const) }),
  fc.record({ value: fc.integer({ min: 0, max: 100 }), unit: fc.constant('percent' as const) }),
);
const strategy: fc.Arbitrary<Rolling> = fc
  .record({
    kind: fc.constant('rolling' as const),
    surge: amount,
    unavailable: amount,
    batch: fc.option(amount.filter(({ value }) => value > 0)),
  })
  .filter(({ surge, unavailable }) => surge.value > 0 || unavailable.value > 0);

const named = (prefix: string, count: number): readonly Instance[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${prefix}${index}`,
    name: `${prefix}${index}`,
    revision: prefix,
    digest: prefix,
    createdAt: index,
    startedAt: index,
    running: true,
    restarts: 0,
    traffic: 'in',
  }));

const cases = fc.record({
  wanted: fc.integer({ min: 1, max: 20 }),
  old: fc.integer({ min: 0, max: 20 }),
  done: fc.integer({ min: 0, max: 20 }),
  strategy,
});

describe('rounds', () => {
  it('replace everything, each once, and start what is missing, in order', () => {
    fc.assert(
      fc.property(cases, ({ wanted, old, done, strategy: given }) => {
        const kept = named('new', Math.min(done, wanted));
        const replaced = named('old', old);
        const rounds = planRounds({ replaced, kept, wanted }, given);

        const gone = rounds.flatMap(({ first, replace }) => [...first, ...replace]);
        expect(gone).toEqual(replaced);
        expect(rounds.flatMap(({ keep }) => keep ?? [])).toEqual(kept);
        const missing = Array.from({ length: wanted - kept.length }, (_, index) => kept.length + index + 1);
        expect(rounds.flatMap(({ start }) => start)).toEqual(missing);
      }),
      { numRuns: 2000 },
    );
  });

  it('never have more than the surge allows, nor fewer than may be missing', () => {
    fc.assert(
      fc.property(cases, ({ wanted, old, strategy: given }) => {
        const rounds = planRounds({ replaced: named('old', old), kept: [], wanted }, given);
        const missing = countOf(given.unavailable, wanted, 'down');
        const extra = Math.max(countOf(given.surge, wanted, 'up'), missing === 0 ? 1 : 0);
        let serving = old;
        for (const { first, start, replace } of rounds) {
          serving -= first.length;
          if (first.length > 0) expect(serving).toBeGreaterThanOrEqual(wanted - missing);
          serving += start.length;
          expect(serving).toBeLessThanOrEqual(Math.max(wanted, old) + extra);
          serving -= replace.length;
          if (old >= wanted) expect(serving).toBeGreaterThanOrEqual(wanted - missing);
        }
        expect(serving).toBe(wanted);
      }),
      { numRuns: 2000 },
    );
  });
});
