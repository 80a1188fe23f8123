// Times compared: quantiles of values and histograms, an interval that says how much is known, averages taken apart again.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Bin, difference, timesOf } from '../src/latency.js';
import { blockMean } from '../src/means.js';

const spread = (count: number, shift = 0): readonly number[] =>
  Array.from({ length: count }, (_, index) => shift + (100 * (index + 1)) / count);

describe('the difference of a quantile', () => {
  it('is found among values, with an interval that holds it', () => {
    const found = difference({
      quantile: 0.95,
      canary: timesOf(spread(2000, 30)),
      baseline: timesOf(spread(2000)),
    });

    expect(found?.canary).toBeCloseTo(125, 0);
    expect(found?.baseline).toBeCloseTo(95, 0);
    expect(found?.low).toBeGreaterThan(27);
    expect(found?.high).toBeLessThan(33);
  });

  it('is read from a histogram as Prometheus does, even within a bucket', () => {
    const bins = (...counts: readonly number[]): readonly Bin[] =>
      counts.map((count, index) => ({ upTo: [100, 200, 400, Number.POSITIVE_INFINITY][index] ?? 0, count }));
    const found = difference({
      quantile: 0.5,
      canary: bins(0, 5000, 5000, 0),
      baseline: bins(5000, 5000, 0, 0),
    });

    expect(found?.canary).toBe(200);
    expect(found?.baseline).toBe(100);
    const beyond = difference({ quantile: 0.9, canary: bins(0, 0, 0, 100), baseline: bins(100, 0, 0, 0) });
    expect(beyond?.canary).toBe(400);
  });

  it('is nothing when either side is too small for the quantile', () => {
    const many = timesOf(spread(1000));

    expect(difference({ quantile: 0.5, canary: timesOf(spread(7)), baseline: many })).toBeNull();
    expect(difference({ quantile: 0.5, canary: timesOf(spread(8)), baseline: many })).not.toBeNull();
    expect(difference({ quantile: 0.95, canary: timesOf(spread(79)), baseline: many })).toBeNull();
    expect(difference({ quantile: 0.95, canary: timesOf(spread(80)), baseline: many })).not.toBeNull();
  });

  it('is the same each time, and the order of values does not count', () => {
    const values = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(values, values, (one, other) => {
        const compare = (canary: readonly number[]) =>
          difference({ quantile: 0.5, canary: timesOf(canary), baseline: timesOf(other) });
        const found = compare(one);

        expect(compare([...one].reverse())).toEqual(found);
        expect(found?.low).toBeLessThanOrEqual(found?.high ?? 0);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a moving average', () => {
  /** As HAProxy keeps it: over 512 requests, in whole milliseconds when it is asked. */
  function router(times: readonly number[], from: { sum: number; count: number }) {
    let { sum, count } = from;
    for (const time of times) {
      count += 1;
      const window = Math.min(512, count);
      sum = sum - Math.floor((sum + window - 1) / window) + time;
    }
    return {
      sum,
      count,
      counters: {
        responses: count,
        errors: 0,
        sessions: 0,
        averageMs: Math.floor(sum / Math.min(512, Math.max(1, count))),
      },
    };
  }

  it('of a slot gives the mean of its new user alone, whoever had it before', () => {
    const before = router(
      Array.from({ length: 3000 }, () => 20),
      { sum: 0, count: 0 },
    );
    const after = router(
      Array.from({ length: 400 }, (_, index) => 80 + (index % 41)),
      before,
    );

    expect(after.counters.averageMs).toBeLessThan(70);
    expect(blockMean(before.counters, after.counters)).toBeGreaterThan(95);
    expect(blockMean(before.counters, after.counters)).toBeLessThan(105);
  });

  it('tells nothing of too few requests, or where there is none', () => {
    const before = router(
      Array.from({ length: 600 }, () => 20),
      { sum: 0, count: 0 },
    );
    const after = router(
      Array.from({ length: 255 }, () => 90),
      before,
    );
    const { averageMs: _, ...without } = after.counters;

    expect(blockMean(before.counters, after.counters)).toBeNull();
    expect(blockMean(before.counters, { ...without, responses: 5000 })).toBeNull();
  });
});
