// Shares as weights: what the proxy is told comes near enough to what was asked for.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fullWeight, weightsFor } from '../src/weights.js';

describe('weights', () => {
  it.each([
    [0, { fresh: 2, former: 3 }, { fresh: 0, former: fullWeight }],
    [100, { fresh: 2, former: 3 }, { fresh: fullWeight, former: 0 }],
    [5, { fresh: 0, former: 3 }, { fresh: 0, former: fullWeight }],
    [5, { fresh: 1, former: 0 }, { fresh: fullWeight, former: 0 }],
    [50, { fresh: 2, former: 2 }, { fresh: 256, former: 256 }],
    [5, { fresh: 1, former: 1 }, { fresh: 13, former: 247 }],
  ])('of %d %% for %j are %j', (percent, servers, weights) => {
    expect(weightsFor(percent, servers)).toEqual(weights);
  });

  it('are whole, never 0 between 0 and 100 %, and off by less than half a point', () => {
    const servers = fc.integer({ min: 1, max: 64 });
    const shares = fc.integer({ min: 1, max: 9999 }).map((share) => share / 100);
    fc.assert(
      fc.property(shares, servers, servers, (percent, fresh, former) => {
        const weights = weightsFor(percent, { fresh, former });
        const part = (100 * weights.fresh * fresh) / (weights.fresh * fresh + weights.former * former);
        for (const weight of [weights.fresh, weights.former]) {
          expect(Number.isInteger(weight) && weight >= 1 && weight <= fullWeight).toBe(true);
        }
        // 64 servers with the smallest weight beside one with the largest are a fifth of the traffic.
        const least = (100 * fresh) / (fresh + fullWeight * former);
        const most = (100 * fresh * fullWeight) / (fresh * fullWeight + former);
        const wanted = Math.min(most, Math.max(least, percent));
        expect(Math.abs(part - wanted)).toBeLessThan(0.5);
      }),
      { numRuns: 3000 },
    );
  });
});
