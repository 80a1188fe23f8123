// The verdict on a new version in part of the traffic: right, early where it is clear, and the same however it was recorded.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Analysis, chanceOf, clearAlpha, observe, type Sample } from '../src/analysis.js';
import { alpha } from '../src/binomial.js';
import { timesOf } from '../src/latency.js';
import type { Limits } from '../src/strategy-analysis.js';

const limits: Limits = { detect: 0.01, power: 0.95, latency: null };
const slower: Limits = {
  ...limits,
  latency: { quantile: 0.5, worse: { value: 20, unit: 'percent' } },
};

function sample(canary: readonly [number, number], baseline: readonly [number, number]): Sample {
  const tally = ([requests, errors]: readonly [number, number]) => ({ requests, errors });
  return { canary: tally(canary), baseline: tally(baseline), times: null };
}

function judged(canary: readonly [number, number], baseline: readonly [number, number]): Analysis {
  return observe([sample(canary, baseline)], limits);
}

describe('a verdict', () => {
  it.each<readonly [readonly [number, number], readonly [number, number], Analysis['verdict'], boolean]>([
    [[1000, 0], [19_000, 19], 'pass', false],
    [[1000, 1], [19_000, 19], 'pass', false],
    // As many errors as the former version has are no reason.
    [[3000, 150], [27_000, 1350], 'pass', false],
    [[779, 0], [15_000, 15], 'not-enough-data', false],
    [[780, 0], [15_000, 15], 'pass', false],
    [[0, 0], [0, 0], 'not-enough-data', false],
    [[0, 0], [5000, 5], 'not-enough-data', false],
    // One in twenty requests is the canary's, so one error is chance, two hardly, and three are none.
    [[100, 1], [1900, 0], 'not-enough-data', false],
    [[100, 2], [1900, 0], 'fail', false],
    [[100, 3], [1900, 0], 'fail', true],
    [[1000, 60], [19_000, 19], 'fail', true],
    // Nobody to compare with: what is taken for no errors at all.
    [[1000, 30], [0, 0], 'fail', true],
    [[1000, 1], [0, 0], 'pass', false],
  ])('of %j against %j is %s, clear: %j', (canary, baseline, verdict, isClear) => {
    expect(judged(canary, baseline)).toMatchObject({ verdict, isClear });
  });

  it('of a version that fails every other request is clear after a handful of them', () => {
    const requests = Array.from({ length: 20 }, (_, index) => index + 1);
    const first = requests.find((count) => judged([count, Math.ceil(count / 2)], [count * 19, 0]).isClear);

    expect(first).toBe(5);
  });

  it('says what it is made of', () => {
    expect(judged([1000, 60], [19_000, 19])).toMatchObject({
      cause: 'errors',
      needed: 780,
      reason: expect.stringMatching(/^60 of 1000 requests failed against 19 of 19000 .*, p \d/),
    });
    expect(judged([10, 0], [200, 0]).reason).toBe('10 requests went to the new version, 780 are needed');
    expect(judged([0, 0], [200, 0]).reason).toBe('not one request went to the new version');
  });
});

describe('how long requests take', () => {
  const many = (center: number, count = 60): readonly number[] =>
    Array.from({ length: count }, (_, index) => center + (index % 10) - 5);
  const timed = (canary: readonly number[], baseline: readonly number[]): Sample => {
    return {
      ...sample([5000, 0], [5000, 0]),
      times: { canary: timesOf(canary), baseline: timesOf(baseline) },
    };
  };

  it.each([
    [many(100), many(100), 'pass'],
    [many(115), many(100), 'pass'],
    [many(140), many(100), 'fail'],
    [many(140, 7), many(100), 'not-enough-data'],
    [many(140), [], 'not-enough-data'],
  ])('is judged when it is asked for (%#)', (canary, baseline, verdict) => {
    expect(observe([timed(canary, baseline)], slower).verdict).toBe(verdict);
    expect(observe([timed(canary, baseline)], limits).verdict).toBe('pass');
  });

  it('names the interval that condemns', () => {
    const { cause, reason } = observe([timed(many(200), many(100))], slower);

    expect(cause).toBe('latency');
    expect(reason).toMatch(
      /^requests take 199 ms against 99 ms .*, 9\d to 10\d ms longer, and at most 20 ms/,
    );
  });
});

/** What a router counts look after look, from any two error rates. */
const recording = fc
  .record({
    rates: fc.tuple(
      fc.double({ min: 0, max: 0.2, noNaN: true }),
      fc.double({ min: 0, max: 0.2, noNaN: true }),
    ),
    looks: fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 2000 })), {
      minLength: 1,
      maxLength: 20,
    }),
  })
  .map(({ rates: [own, usual], looks }) => {
    let [requests, errors, others, faults] = [0, 0, 0, 0];
    return looks.map(([mine, theirs]) => {
      requests += mine;
      others += theirs;
      errors = Math.round(requests * own);
      faults = Math.round(others * usual);
      return {
        ...sample([requests, errors], [others, faults]),
        times: { canary: timesOf([requests, 5]), baseline: timesOf([others, 5]) },
      };
    });
  });

describe('a recording', () => {
  it('is judged the same with doubles, gaps and in any order', () => {
    const cases = recording.chain((samples) =>
      fc.record({
        samples: fc.constant(samples),
        // Whatever is left out, the last look is there.
        replay: fc
          .array(fc.constantFrom(...samples), { maxLength: 40 })
          .chain((some) =>
            fc.shuffledSubarray([...some, ...samples.slice(-1)], { minLength: some.length + 1 }),
          ),
      }),
    );
    fc.assert(
      fc.property(cases, ({ samples, replay }) => {
        expect(observe(replay, slower)).toEqual(observe(samples, slower));
      }),
      { numRuns: 30 },
    );
  });

  it('of an equal version, looked at each second, is condemned about once in a hundred times', () => {
    const random = createRandom(7);
    let condemned = 0;
    for (let run = 0; run < 1000; run += 1) {
      let [requests, errors, others, faults] = [0, 0, 0, 0];
      let isFailed = false;
      for (let look = 1; look <= 60 && !isFailed; look += 1) {
        requests += 15;
        others += 285;
        errors += drawn(15, 0.01, random);
        faults += drawn(285, 0.01, random);
        const p = chanceOf({ requests, errors }, { requests: others, errors: faults });
        isFailed = p <= (look === 60 ? alpha : clearAlpha);
      }
      if (isFailed) condemned += 1;
    }

    expect(condemned).toBeLessThanOrEqual(25);
  });
});

function drawn(trials: number, chance: number, random: () => number): number {
  let successes = 0;
  for (let trial = 0; trial < trials; trial += 1) if (random() < chance) successes += 1;
  return successes;
}

function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}
