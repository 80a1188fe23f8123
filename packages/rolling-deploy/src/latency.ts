// Is one version slower? The difference of a quantile with its bootstrap interval; pure, the same for the same numbers.

/** How many of something took how long: `upTo` grows, and each count is of those above the one before. */
export interface Bin {
  /** Milliseconds; Infinity for the last one of a histogram. */
  readonly upTo: number;
  readonly count: number;
}

export type Times = readonly Bin[];

export interface Comparison {
  /** 0 to 1. */
  readonly quantile: number;
  readonly canary: Times;
  readonly baseline: Times;
}

export interface Difference {
  /** Milliseconds of the quantile. */
  readonly canary: number;
  readonly baseline: number;
  /** Of canary less baseline: 98 of 100 such intervals hold the true one, so `low` is too high once in 100. */
  readonly low: number;
  readonly high: number;
}

const resamples = 1000;
const outside = 0.01;

/** Below it the interval says nothing: the quantile's own rank would lie outside the sample. */
export const fewestTimes = 8;

/**
 * A resample's quantile is the sample's value at a rank that itself follows the normal law around the quantile, so no
 * resample has to be drawn. Null when either side is too small.
 */
export function difference({ quantile, canary, baseline }: Comparison): Difference | null {
  const sides = [canary, baseline].map((times) => ({ at: quantilesOf(times), count: total(times) }));
  const least = fewestTimes / Math.min(1, 2 * (1 - quantile));
  const [one, other] = sides;
  if (one === undefined || other === undefined || Math.min(one.count, other.count) < least) return null;
  const random = createRandom(0x9e3779b9);
  const drawn = Array.from({ length: resamples }, () => {
    const [own, usual] = sides.map(({ at, count }) => {
      const spread = Math.sqrt((quantile * (1 - quantile)) / count);
      return at(quantile + spread * normal(random));
    });
    return (own ?? 0) - (usual ?? 0);
  }).sort((one, other) => one - other);
  const drawnAt = (share: number): number => drawn[Math.round(share * (resamples - 1))] ?? 0;
  return {
    canary: one.at(quantile),
    baseline: other.at(quantile),
    low: drawnAt(outside),
    high: drawnAt(1 - outside),
  };
}

/** Single values, each by itself. */
export function timesOf(values: readonly number[]): Times {
  return [...values].sort((one, other) => one - other).map((upTo) => ({ upTo, count: 1 }));
}

export function total(times: Times): number {
  return times.reduce((sum, { count }) => sum + count, 0);
}

/** Answers any quantile. Even within a bin, as Prometheus reads histograms; what is beyond the last bound counts as it. */
function quantilesOf(times: Times): (quantile: number) => number {
  const bins = times.filter(({ count }) => count > 0);
  let all = 0;
  const ends: number[] = [];
  for (const { count } of bins) {
    all += count;
    ends.push(all);
  }
  const bounds = times.map(({ upTo }) => upTo);
  return (quantile) => {
    const rank = Math.min(1, Math.max(0, quantile)) * all;
    let [low, high] = [0, bins.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) >= rank) high = middle;
      else low = middle + 1;
    }
    const { upTo, count } = bins[low] ?? { upTo: 0, count: 1 };
    if (count === 1 && upTo !== Number.POSITIVE_INFINITY) return upTo;
    const from = bounds[bounds.indexOf(upTo) - 1] ?? 0;
    if (upTo === Number.POSITIVE_INFINITY) return from;
    return from + ((upTo - from) * (rank - (ends[low] ?? 0) + count)) / count;
  };
}

/** Mulberry32: the same numbers each time, so that a recording is judged as it was. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
