// How long to wait before the next look: quick while looks are free, slow when each is charged.

export interface Look {
  /** Requests that counted against the allowance. */
  readonly charged: number;
  readonly changed: boolean;
}

export interface Pace {
  /** Milliseconds until the next look. */
  after(look: Look): number;
  /** The same after a look that failed. */
  afterFailure(): number;
}

/** Charged looks settle at one request in this many milliseconds: 48 an hour, and 60 with all that led there. */
const slowest = 75_000;
/** Free or not, GitHub does not want to be asked more often than this. */
const quickest = 1000;
const leastAfterFailure = 30_000;
const mostAfterFailure = 5 * 60_000;

/**
 * An answer 304 costs nothing, so the interval stays as it was asked for. Where entity tags do not help, every charged
 * look that shows nothing new doubles it.
 */
export function createPace(wanted: number): Pace {
  const interval = Math.max(wanted, quickest);
  let pause = interval;
  let failures = 0;
  return {
    after({ charged, changed }) {
      failures = 0;
      pause =
        charged === 0 || changed ? interval : Math.max(interval, Math.min(pause * 2, slowest * charged));
      return pause;
    },
    afterFailure() {
      failures += 1;
      return Math.max(interval, Math.min(leastAfterFailure * 2 ** (failures - 1), mostAfterFailure));
    },
  };
}
