// Percentiles out of buckets.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHistogram } from '../../src/parts/histogram.js';

function of(values: readonly number[]): ReturnType<typeof createHistogram> {
  const histogram = createHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

describe('a histogram', () => {
  it('is 0 without values', () => {
    expect(of([]).percentile(0.99)).toBe(0);
  });

  it.each([
    [0.05, 0.1],
    [0.1, 0.1],
    [12.34, 12.4],
    [100, 100],
    [100.5, 101],
    [999.2, 1_000],
    [1_234, 1_240],
    [60_000, 60_000],
    [1e9, 60_000],
  ])('puts %d ms in the bucket that ends at %d ms', (value, bound) => {
    expect(of([value]).percentile(0.5)).toBe(bound);
  });

  it('looks at what was added since a mark alone', () => {
    const histogram = of([500, 500, 500]);
    const mark = histogram.mark();
    for (const value of [1, 2, 3]) histogram.add(value);
    const later = histogram.since(mark);

    expect([later.count(), later.percentile(0.5), later.percentile(1)]).toEqual([3, 2, 3]);
    expect(histogram.count()).toBe(6);
    expect(histogram.since(histogram.mark()).percentile(0.99)).toBe(0);
  });

  it('is never below the exact percentile and never more than a bucket above it', () => {
    const values = fc.array(fc.double({ min: 0, max: 59_000, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, quantile) => {
        const sorted = [...list].sort((left, right) => left - right);
        const exact = sorted[Math.max(1, Math.ceil(list.length * quantile)) - 1] ?? 0;
        const found = of(list).percentile(quantile);
        const width = exact <= 100 ? 0.1 : exact <= 1_000 ? 1 : 10;
        expect(found).toBeGreaterThanOrEqual(exact - 0.051);
        expect(found).toBeLessThanOrEqual(exact + width + 0.051);
      }),
    );
  });
});
