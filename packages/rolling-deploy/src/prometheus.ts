// Numbers of both versions from a Prometheus, by queries of the user. Format: Prometheus HTTP API, "Instant queries".
import type { Http } from '@headgate/kit/http';
import type { Sample } from './analysis.js';
import { DeployError } from './errors.js';
import type { Bin, Times } from './latency.js';
import type { Metrics, MetricsQuestion } from './samples.js';
import type { PrometheusPlace, QueryName } from './strategy-analysis.js';

export interface PrometheusOptions {
  readonly http: Http;
  readonly signal: AbortSignal;
  readonly place: PrometheusPlace;
  /** Bearer token; '' for none. */
  readonly token: string;
  /** Cuts secrets out of what the server says. */
  readonly redact: (text: string) => string;
}

/** Milliseconds that one query may take, body included. */
const deadlineMs = 5_000;
const answerLimit = 1024 * 1024;
/** What asking again does not mend: the query, the token, or the address is wrong. */
const lasting: ReadonlySet<number> = new Set([301, 302, 307, 308, 400, 401, 403, 404, 405, 422]);

class Refusal extends Error {}

export function connectPrometheus(options: PrometheusOptions): Metrics {
  const { queries } = options.place;
  const ask = async (name: QueryName, question: MetricsQuestion): Promise<readonly Series[]> => {
    try {
      return await query(fill(queries.get(name) ?? '', question), options);
    } catch (error) {
      const text = options.redact(error instanceof Error ? error.message : String(error));
      const problem = `Prometheus, ${name}: ${text.slice(0, 300)}`;
      throw error instanceof Refusal ? new Refusal(problem) : new Error(problem);
    }
  };
  const number = async (name: QueryName, question: MetricsQuestion): Promise<number> =>
    single(name, await ask(name, question));
  const side = async (whose: 'canary' | 'baseline', question: MetricsQuestion) => {
    const requests = await number(`${whose}-total`, question);
    const errors = await number(`${whose}-errors`, question);
    return { requests: Math.round(requests), errors: Math.min(Math.round(errors), Math.round(requests)) };
  };
  const times = async (whose: 'canary' | 'baseline', question: MetricsQuestion): Promise<Times> =>
    histogram(`${whose}-latency`, await ask(`${whose}-latency`, question));
  return {
    check: async (question) => {
      for (const name of queries.keys()) {
        await ask(name, question).catch((error: unknown) => {
          if (error instanceof Refusal) throw refused(error);
        });
      }
    },
    read: async (question): Promise<Sample> => {
      const [canary, baseline] = [await side('canary', question), await side('baseline', question)];
      if (!queries.has('canary-latency')) return { canary, baseline, times: null };
      const known = { canary: await times('canary', question), baseline: await times('baseline', question) };
      return { canary, baseline, times: known };
    },
  };
}

interface Series {
  /** Upper bound of a histogram's bucket; '' without one. */
  readonly le: string;
  readonly value: number;
}

/** `$window` is the time since the step began, `$canary` and `$baseline` match the instances' names. */
function fill(text: string, { canary, baseline, seconds }: MetricsQuestion): string {
  // Any sign that could end the expression or the text around it matches as "any sign".
  const names = (all: readonly string[]): string =>
    all.map((name) => name.replaceAll(/[^A-Za-z0-9_-]/g, '.')).join('|') || '-';
  return text
    .replaceAll('$window', `${seconds}s`)
    .replaceAll('$canary', names(canary))
    .replaceAll('$baseline', names(baseline));
}

async function query(text: string, { http, signal, place, token }: PrometheusOptions) {
  const response = await http({
    url: `${place.url}/api/v1/query`,
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    body: new URLSearchParams({ query: text, timeout: `${deadlineMs / 1000}s` }).toString(),
    timeoutMs: deadlineMs,
    signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
  });
  const body = await response.text(answerLimit);
  if (lasting.has(response.status)) throw new Refusal(`it answers ${response.status}: ${errorIn(body)}`);
  if (response.status !== 200) throw new Error(`it answers ${response.status}`);
  return seriesIn(body);
}

function errorIn(body: string): string {
  try {
    const { error } = members(JSON.parse(body));
    return typeof error === 'string' ? error : 'without a reason';
  } catch {
    return 'without a reason';
  }
}

function seriesIn(body: string): readonly Series[] {
  const { status, data } = members(parse(body));
  const { resultType, result } = members(data);
  if (status === 'success' && resultType === 'scalar') return [{ le: '', value: valueIn(result) }];
  if (status !== 'success' || resultType !== 'vector' || !Array.isArray(result))
    throw new Error('its answer is no instant vector');
  return result.map((one: unknown): Series => {
    const { metric, value } = members(one);
    const { le } = members(metric);
    return { le: typeof le === 'string' ? le : '', value: valueIn(value) };
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error('its answer is not JSON');
  }
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** `[time, "text"]`; NaN for anything else. */
function valueIn(value: unknown): number {
  const text: unknown = Array.isArray(value) ? value[1] : undefined;
  return typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
}

function single(name: QueryName, series: readonly Series[]): number {
  const [one] = series;
  if (one === undefined)
    throw new Error(`Prometheus, ${name}: it knows nothing yet; "or vector(0)" makes that 0`);
  if (series.length > 1)
    throw new Error(`Prometheus, ${name}: ${series.length} series; sum() makes one of them`);
  if (Number.isFinite(one.value) && one.value >= 0) return one.value;
  throw new Error(`Prometheus, ${name}: it says ${one.value}`);
}

/** Buckets count everything up to their bound, in seconds. */
function histogram(name: QueryName, series: readonly Series[]): Times {
  const bounds = series.map(({ le, value }) => {
    return { upTo: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le || 'none') * 1000, count: value };
  });
  if (bounds.length < 2 || bounds.some(({ upTo, count }) => Number.isNaN(upTo) || !Number.isFinite(count)))
    throw new Error(`Prometheus, ${name}: no histogram; write sum by (le) (increase(…_bucket[$window]))`);
  const sorted = bounds.sort((one, other) => one.upTo - other.upTo);
  return sorted.map(({ upTo, count }, index): Bin => {
    return { upTo, count: Math.max(0, Math.round(count - (sorted[index - 1]?.count ?? 0))) };
  });
}

function refused({ message }: Error): DeployError {
  return new DeployError({
    code: 'prometheus-refused',
    message,
    hint: 'Correct url, token or this query under analysis.prometheus of the strategy.',
  });
}
