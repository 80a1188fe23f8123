// How many requests tell a worse version from a good one, and how surely.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { alpha, needed, tail } from '../src/binomial.js';

describe('the number of requests that tells', () => {
  it.each([
    [0.001, 0.01, 780, 4],
    [0.001, 0.05, 95, 2],
    [0.01, 0.05, 260, 8],
    [0.01, 0.02, 2260, 35],
    [0.001, 0.5, 5, 1],
  ])('%f from %f with 95 %% certainty: %i requests, fail at %i', (usual, worse, requests, failAt) => {
    expect(needed({ usual, worse, power: 0.95 })).toEqual({ requests, failAt });
  });

  it('keeps both promises for any two shares', () => {
    const shares = fc.record({
      usual: fc.double({ min: 0.0005, max: 0.2, noNaN: true }),
      factor: fc.double({ min: 1.5, max: 4, noNaN: true }),
      power: fc.constantFrom(0.8, 0.95, 0.99),
    });
    fc.assert(
      fc.property(shares, ({ usual, factor, power }) => {
        const worse = usual * factor;
        const { requests, failAt } = needed({ usual, worse, power });

        expect(tail(failAt, requests, usual)).toBeLessThanOrEqual(alpha);
        expect(tail(failAt, requests, worse)).toBeGreaterThanOrEqual(power);
      }),
      { numRuns: 100 },
    );
  });

  it('is no number when nothing worse is asked for', () => {
    expect(needed({ usual: 0.05, worse: 0.05, power: 0.95 }).requests).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the tail of the binomial distribution', () => {
  it.each([
    [1, 1, 0.5, 0.5],
    [3, 10, 0.5, 0.9453125],
    [10, 10, 0.5, 1 / 1024],
    [0, 5, 0.3, 1],
    [6, 5, 0.3, 0],
    [2, 2, 0.05, 0.0025],
  ])('%i or more of %i at %f', (least, trials, chance, probability) => {
    expect(tail(least, trials, chance)).toBeCloseTo(probability, 9);
  });

  it('is what adding all terms gives', () => {
    const cases = fc.record({
      trials: fc.integer({ min: 1, max: 60 }),
      least: fc.integer({ min: 0, max: 60 }),
      chance: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ trials, least, chance }) => {
        let sum = 0;
        for (let count = least; count <= trials; count += 1) sum += term(count, trials, chance);
        expect(tail(least, trials, chance)).toBeCloseTo(sum, 9);
      }),
    );
  });
});

function term(count: number, trials: number, chance: number): number {
  let ways = 1;
  for (let at = 1; at <= count; at += 1) ways *= (trials - count + at) / at;
  return ways * chance ** count * (1 - chance) ** (trials - count);
}
