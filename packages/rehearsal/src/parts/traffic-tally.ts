// Who answered when: requests by instance over time, added up from the proxy's counters. Pure.
import type { Slots } from './proxy-slots.js';

export interface TrafficSample {
  /** Milliseconds since the watch began. */
  readonly atMs: number;
  /** Requests answered since the sample before, by where the instance is; none of an idle one. */
  readonly answers: ReadonlyMap<string, number>;
}

export interface TrafficReport {
  readonly environment: string;
  readonly samples: readonly TrafficSample[];
  /** Image of each instance by where it is, as the engine knew it: `host/repository@sha256:…`. */
  readonly images: ReadonlyMap<string, string>;
}

/** Requests answered so far, by the slot's name. */
export type Counters = ReadonlyMap<string, number>;

export interface TrafficTally {
  add(atMs: number, slots: Slots, counters: Counters): void;
  samples(): readonly TrafficSample[];
}

/** Samples kept; then every second one is joined to its neighbour, so that a long watch stays small. */
const mostSamples = 2_000;

export function createTrafficTally(): TrafficTally {
  let kept: TrafficSample[] = [];
  let before: Counters | null = null;
  return {
    add: (atMs, slots, counters) => {
      const former = before;
      before = counters;
      // What was answered before anybody looked has no time.
      if (former === null) return;
      const answers = new Map<string, number>();
      for (const [name, { endpoint }] of slots) {
        const count = (counters.get(name) ?? 0) - (former.get(name) ?? 0);
        if (count > 0) answers.set(endpoint, (answers.get(endpoint) ?? 0) + count);
      }
      kept.push({ atMs, answers });
      if (kept.length > mostSamples) kept = halve(kept);
    },
    samples: () => [...kept],
  };
}

function halve(samples: readonly TrafficSample[]): TrafficSample[] {
  return samples.flatMap((sample, index) => {
    if (index % 2 === 0) return index === samples.length - 1 ? [sample] : [];
    return [{ atMs: sample.atMs, answers: sum([samples[index - 1], sample]) }];
  });
}

/** Answers of several samples together, by where the instance is. */
export function sum(samples: readonly (TrafficSample | undefined)[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const [endpoint, count] of samples.flatMap((sample) => [...(sample?.answers ?? [])]))
    total.set(endpoint, (total.get(endpoint) ?? 0) + count);
  return total;
}

/**
 * Reads the answer to `show stat -1 4 -1`: responses by server of one backend.
 * Source: HAProxy 2.6 management guide, 9.1 "CSV format" (hrsp_1xx … hrsp_other).
 */
export function readCounters(answer: string, backend: string): Counters {
  const [header, ...rows] = answer.trim().split('\n');
  const names = header?.replace(/^# /, '').split(',') ?? [];
  const [place, name] = [names.indexOf('pxname'), names.indexOf('svname')];
  const classes = names.flatMap((each, index) => (/^hrsp_(?:[1-5]xx|other)$/.test(each) ? [index] : []));
  const ours = rows.map((row) => row.split(',')).filter((cells) => cells[place] === backend);
  return new Map(
    ours.map((cells) => {
      return [cells[name] ?? '', classes.reduce((total, index) => total + Number(cells[index] ?? 0), 0)];
    }),
  );
}
