// What became of the requests of a load: counted from the first to the last, and between two events of the service.
import { createHistogram, type Histogram, type HistogramMark } from './histogram.js';

export interface LoadFigures {
  /** Requests answered or failed. */
  readonly requests: number;
  readonly failed: number;
  readonly p50ms: number;
  readonly p99ms: number;
  /** Milliseconds that the figures are about. */
  readonly elapsedMs: number;
}

/** Figures since the first request was due. */
export interface LoadReport extends LoadFigures {
  /** Requests offered each second. */
  readonly rate: number;
  /** Requests answered or failed since the first mark; 0 before it. */
  readonly sinceFirst: number;
  /** Figures between the first mark and the last one; null before the second. */
  readonly window: LoadFigures | null;
  /** The first failures, for people: `GET / 502`, `GET / ECONNRESET`. */
  readonly failures: readonly { readonly atMs: number; readonly what: string }[];
}

export interface Answer {
  /** Milliseconds, as all times here, on the load's clock. */
  readonly dueAt: number;
  readonly at: number;
  /** What failed, for people; null for a good answer. */
  readonly failure: string | null;
}

export interface Tally {
  add(answer: Answer): void;
  /** The first mark opens the window, each further one moves its end. */
  mark(at: number): void;
  /** `until`: now, or when the offer ended. */
  report(until: number): LoadReport;
}

/** Where the tally stood at the first mark. */
interface Opening {
  readonly at: number;
  readonly failed: number;
  readonly seen: HistogramMark;
}

const keptFailures = 20;

export function createTally({
  rate,
  startedAt,
}: {
  readonly rate: number;
  readonly startedAt: number;
}): Tally {
  const histogram = createHistogram();
  const failures: { atMs: number; what: string }[] = [];
  let failed = 0;
  let opened: Opening | null = null;
  let window: LoadFigures | null = null;
  return {
    add: ({ dueAt, at, failure }) => {
      histogram.add(at - dueAt);
      if (failure === null) return;
      failed += 1;
      if (failures.length < keptFailures) failures.push({ atMs: Math.round(at - startedAt), what: failure });
    },
    mark: (at) => {
      if (opened === null) opened = { at, failed, seen: histogram.mark() };
      else window = figures(histogram.since(opened.seen), failed - opened.failed, at - opened.at);
    },
    report: (until) => ({
      ...figures(histogram, failed, until - startedAt),
      rate,
      sinceFirst: opened === null ? 0 : histogram.since(opened.seen).count(),
      window,
      failures: [...failures],
    }),
  };
}

function figures(
  seen: Pick<Histogram, 'percentile' | 'count'>,
  failed: number,
  milliseconds: number,
): LoadFigures {
  return {
    requests: seen.count(),
    failed,
    p50ms: seen.percentile(0.5),
    p99ms: seen.percentile(0.99),
    elapsedMs: Math.round(milliseconds),
  };
}
