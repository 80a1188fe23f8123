// Latencies in fixed buckets: percentiles of any number of requests in constant memory.

export interface Histogram {
  add(milliseconds: number): void;
  /** The smallest bucket bound below which the share `quantile` (0–1) of all values lies; 0 without values. */
  percentile(quantile: number): number;
  count(): number;
  /** What was added up to now, to look at later what was added `since`. */
  mark(): HistogramMark;
  /** Only what was added after the mark. */
  since(mark: HistogramMark): Pick<Histogram, 'percentile' | 'count'>;
}

export interface HistogramMark {
  readonly buckets: Uint32Array;
  readonly total: number;
}

// 0.1 ms up to 100 ms, 1 ms up to 1 s, 10 ms up to 60 s; longer ones count as 60 s.
const ranges = [
  { from: 0, to: 100, width: 0.1 },
  { from: 100, to: 1_000, width: 1 },
  { from: 1_000, to: 60_000, width: 10 },
] as const;

const bounds = ranges.flatMap(({ from, to, width }) =>
  Array.from({ length: Math.round((to - from) / width) }, (_, index) => from + (index + 1) * width),
);

export function createHistogram(): Histogram {
  const buckets = new Uint32Array(bounds.length);
  let total = 0;
  return {
    add: (milliseconds) => {
      const index = bucketOf(milliseconds);
      buckets[index] = (buckets[index] ?? 0) + 1;
      total += 1;
    },
    ...reading({ buckets, total: () => total }),
    mark: () => ({ buckets: buckets.slice(), total }),
    since: (mark) => {
      const later = { buckets: buckets.map((count, index) => count - (mark.buckets[index] ?? 0)) };
      const added = total - mark.total;
      return reading({ ...later, total: () => added });
    },
  };
}

function reading({
  buckets,
  total,
}: {
  readonly buckets: Uint32Array;
  readonly total: () => number;
}): Pick<Histogram, 'percentile' | 'count'> {
  return {
    percentile: (quantile) =>
      total() === 0 ? 0 : boundAt(buckets, Math.max(1, Math.ceil(total() * quantile))),
    count: total,
  };
}

function bucketOf(milliseconds: number): number {
  let offset = 0;
  for (const { from, to, width } of ranges) {
    // The small term keeps a value that lies exactly on a bound in the bucket it closes.
    if (milliseconds <= to) return offset + Math.max(0, Math.ceil((milliseconds - from) / width - 1e-9) - 1);
    offset += Math.round((to - from) / width);
  }
  return bounds.length - 1;
}

function boundAt(buckets: Uint32Array, rank: number): number {
  let seen = 0;
  for (let index = 0; index < buckets.length; index += 1) {
    seen += buckets[index] ?? 0;
    if (seen >= rank) return Math.round((bounds[index] ?? 0) * 10) / 10;
  }
  return 60_000;
}
