// Judges a new version in part of the traffic against the former one in the rest; pure, so that recordings can be replayed.
import { alpha, needed, tail } from './binomial.js';
import { type Difference, difference, type Times } from './latency.js';
import type { Limits } from './strategy-analysis.js';

/** Counted since the same moment on both sides. */
export interface Tally {
  readonly requests: number;
  readonly errors: number;
}

export interface Sample {
  readonly canary: Tally;
  readonly baseline: Tally;
  /** How long requests took meanwhile, as far as that is known. */
  readonly times: { readonly canary: Times; readonly baseline: Times } | null;
}

export interface Analysis {
  readonly verdict: 'pass' | 'fail' | 'not-enough-data';
  /** One sentence. */
  readonly reason: string;
  /** What condemns: only with `fail`. */
  readonly cause: 'errors' | 'latency' | null;
  /** Chance of so many errors or more in a version that is as good as the former one. */
  readonly p: number;
  /** So clear that the step need not be waited for. */
  readonly isClear: boolean;
  readonly canary: Tally;
  readonly baseline: Tally;
  /** Canary requests that this takes. */
  readonly needed: number;
  readonly latency: Difference | null;
}

/** Looked at again and again, only what is this clear ends a step early (Haybittle and Peto's bound). */
export const clearAlpha = 0.001;
/** Nobody shows that a version never errs: a share below it is taken for it. */
export const leastUsual = 0.001;

const none: Tally = { requests: 0, errors: 0 };

/** Samples only grow, so the largest of each number is the latest: doubles, gaps and a wrong order change nothing. */
export function observe(samples: readonly Sample[], limits: Limits): Analysis {
  const canary = samples.map((sample) => sample.canary).reduce(larger, none);
  const baseline = samples.map((sample) => sample.baseline).reduce(larger, none);
  const p = chanceOf(canary, baseline);
  const need = neededFor(usualShare(baseline), limits);
  const latency = latencyIn(samples, limits);
  const facts = { p, canary, baseline, needed: need, latency, isClear: p <= clearAlpha };
  if (p <= alpha)
    return { ...facts, verdict: 'fail', cause: 'errors', reason: errorWords(canary, baseline, p) };
  if (canary.requests < need) return { ...facts, ...undecided(canary, need) };
  if (limits.latency !== null) {
    if (latency === null)
      return { ...facts, ...open('too few times are known to compare how long requests take') };
    const limit = limits.latency.worse;
    const most = limit.unit === 'ms' ? limit.value : (latency.baseline * limit.value) / 100;
    if (latency.low > most)
      return { ...facts, verdict: 'fail', cause: 'latency', reason: latencyWords(latency, most) };
  }
  return { ...facts, verdict: 'pass', cause: null, reason: errorWords(canary, baseline, p) };
}

/** To two digits of what is usual: no more of it is known, and looks soon ask for the same again. */
export function neededFor(share: number, limits: Limits): number {
  const usual = Number(share.toPrecision(2));
  const known = answers.get(limits) ?? new Map<number, number>();
  answers.set(limits, known);
  const { detect, power } = limits;
  const requests = known.get(usual) ?? needed({ usual, worse: Math.max(detect, 2 * usual), power }).requests;
  known.set(usual, requests);
  return requests;
}

const answers = new WeakMap<Limits, Map<number, number>>();

/** One error more than were seen: few requests without an error do not show that there are none. */
export function usualShare({ requests, errors }: Tally): number {
  return Math.max(leastUsual, Math.min(0.5, errors / Math.max(1, requests)));
}

/**
 * Of all errors on both sides, as many as these fall to the canary by chance alone when each request is as likely to
 * fail on either side. That the former version's share is an estimate itself is in it.
 */
export function chanceOf(canary: Tally, baseline: Tally): number {
  if (canary.errors === 0) return 1;
  if (baseline.requests === 0) return tail(canary.errors, canary.requests, leastUsual);
  const part = canary.requests / (canary.requests + baseline.requests);
  return tail(canary.errors, canary.errors + baseline.errors, part);
}

function latencyIn(samples: readonly Sample[], { latency }: Limits): Difference | null {
  if (latency === null) return null;
  const known = samples.flatMap(({ canary, times }) => (times === null ? [] : [{ canary, times }]));
  const last = known.reduce<(typeof known)[number] | null>(
    (latest, next) => (latest === null || next.canary.requests >= latest.canary.requests ? next : latest),
    null,
  );
  return last === null ? null : difference({ quantile: latency.quantile, ...last.times });
}

function larger(one: Tally, other: Tally): Tally {
  return {
    requests: Math.max(one.requests, other.requests),
    errors: Math.max(one.errors, other.errors),
  };
}

function undecided({ requests }: Tally, need: number) {
  return open(
    requests === 0
      ? 'not one request went to the new version'
      : `${requests} requests went to the new version, ${need} are needed`,
  );
}

function open(reason: string) {
  return { verdict: 'not-enough-data', cause: null, reason } as const;
}

function errorWords(canary: Tally, baseline: Tally, p: number): string {
  return `${share(canary)} against ${share(baseline)} of the former version, p ${p.toPrecision(2)}`;
}

function share({ requests, errors }: Tally): string {
  return `${errors} of ${requests} requests failed`;
}

function latencyWords({ canary, baseline, low, high }: Difference, most: number): string {
  const [own, usual, from, to, limit] = [canary, baseline, low, high, most].map((ms) => Math.round(ms));
  return `requests take ${own} ms against ${usual} ms of the former version, ${from} to ${to} ms longer, and at most ${limit} ms are allowed`;
}
