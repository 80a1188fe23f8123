// How long requests took, from a router that knows a moving average only: means of blocks of requests, taken back out of it; pure.
import type { Counted } from './settling.js';
import type { Counters } from './target.js';

/**
 * Requests over which the average moves, each new one counting for 1/512 of it. Source: HAProxy's TIME_STATS_SAMPLES;
 * before the 512th request it is the plain mean.
 */
const window = 512;
/** Fewer requests tell nothing: the average is in whole milliseconds. */
const blockSize = 256;

/** Answers all block means known after this look, of all instances of one side. */
export function createMeans(): (counted: readonly Counted[]) => readonly number[] {
  const means: number[] = [];
  const last = new Map<string, Counters>();
  return (counted) => {
    for (const { name, before, now } of counted) {
      const from = last.get(name) ?? before;
      const mean = blockMean(from, now);
      if (mean !== null || now.responses < from.responses) last.set(name, now);
      if (mean !== null) means.push(mean);
    }
    return means;
  };
}

/** Mean of the requests between two counts in milliseconds; null when they are too few, or nobody knows. */
export function blockMean(from: Counters, to: Counters): number | null {
  const requests = to.responses - from.responses;
  if (requests < blockSize || from.averageMs === undefined || to.averageMs === undefined) return null;
  // A slot's former user is in the first average: its part fades with each request.
  const faded = from.responses === 0 ? 0 : (1 - 1 / window) ** requests;
  return Math.max(0, (to.averageMs - from.averageMs * faded) / (1 - faded));
}
