// How a new version in part of the traffic is judged, as `analysis` of a strategy says it; pure.
import { choice, membersOf, share, shown, text, time, wrong } from './strategy-forms.js';

export interface LatencyLimit {
  /** 0 to 1. */
  readonly quantile: number;
  /** How much longer requests may take: in milliseconds, or in percent of the former version's time. */
  readonly worse: { readonly value: number; readonly unit: 'ms' | 'percent' };
}

export interface Limits {
  /** Share of errors that must not be missed, 0 to 1; at least twice the usual one. */
  readonly detect: number;
  /** With this certainty, 0 to 1. */
  readonly power: number;
  /** Null: not judged. */
  readonly latency: LatencyLimit | null;
}

export const queryNames = [
  'canary-total',
  'canary-errors',
  'baseline-total',
  'baseline-errors',
  'canary-latency',
  'baseline-latency',
] as const;
export type QueryName = (typeof queryNames)[number];

export interface PrometheusPlace {
  readonly url: string;
  /** Name under `environment` in deploy-secrets of a bearer token; '' for none. */
  readonly token: string;
  readonly queries: ReadonlyMap<QueryName, string>;
}

export interface AnalysisPlan extends Limits {
  /** What becomes of a step that ends without enough data; `extend` undoes when the time for it is over too. */
  readonly undecided: 'pass' | 'extend' | 'undo';
  /** Milliseconds by which a step may be extended. */
  readonly extendMs: number;
  /** Null: the router's own counters. */
  readonly prometheus: PrometheusPlace | null;
}

const members = ['detect', 'power', 'latency', 'undecided', 'extend-for', 'prometheus'];

/** @throws {InputError} */
export function readAnalysis(value: unknown): AnalysisPlan {
  const given = membersOf('analysis', value ?? {}, members);
  const prometheus = given.has('prometheus') ? readPrometheus(given.get('prometheus')) : null;
  const latency = given.has('latency') ? readLatency(given.get('latency'), prometheus !== null) : null;
  const asked = prometheus?.queries.has('canary-latency') ?? false;
  if (prometheus !== null && asked !== (latency !== null))
    throw wrong(
      'analysis: latency and the queries canary-latency and baseline-latency belong together',
      'Write all of them, or none.',
    );
  return {
    detect: share('detect', given.get('detect') ?? '1%'),
    power: share('power', given.get('power') ?? '95%'),
    latency,
    undecided: choice('undecided', given.get('undecided') ?? 'pass', ['pass', 'extend', 'undo']),
    extendMs: time('extend-for', given.get('extend-for') ?? '10m'),
    prometheus,
  };
}

/** What the router counts are averages: of their own quantiles only the middle one means something. */
function readLatency(value: unknown, hasQuantiles: boolean): LatencyLimit {
  const given = membersOf('latency', value, ['quantile', 'worse']);
  const asked = given.get('quantile');
  if (!hasQuantiles && asked !== undefined && asked !== '50%')
    throw wrong(
      `latency: quantile ${shown(asked)} was asked for, and the proxy knows averages only`,
      'Leave quantile out, or give prometheus with histograms.',
    );
  const worse = String(given.get('worse') ?? '20%');
  const limit = /^\d{1,4}%$/.test(worse)
    ? { value: Number.parseInt(worse, 10), unit: 'percent' as const }
    : { value: time('worse', worse), unit: 'ms' as const };
  return { quantile: share('quantile', asked ?? (hasQuantiles ? '95%' : '50%')), worse: limit };
}

const address = { form: /^https?:\/\/[^\s@?#]+$/, wanted: 'an http or https address without credentials' };
const secret = { form: /^[A-Za-z_][A-Za-z0-9_-]*$/, wanted: 'the name of a secret' };
const query = { form: /^[^\0]{1,4000}$/s, wanted: 'a query of at most 4000 characters' };

function readPrometheus(value: unknown): PrometheusPlace {
  const given = membersOf('prometheus', value, ['url', 'token', ...queryNames]);
  const queries = new Map<QueryName, string>();
  for (const name of queryNames) {
    if (given.has(name)) queries.set(name, text(name, given.get(name), query));
    else if (!name.endsWith('latency') || queries.has('canary-latency'))
      throw wrong(`prometheus: ${name} is missing`, `Write the query ${name}.`);
  }
  if (queries.has('baseline-latency') && !queries.has('canary-latency'))
    throw wrong('prometheus: canary-latency is missing', 'Write the query canary-latency.');
  return {
    url: text('url', given.get('url'), address).replace(/\/+$/, ''),
    token: given.has('token') ? text('token', given.get('token'), secret) : '',
    queries,
  };
}
