// A Prometheus asked over real HTTP: what it says is understood, and whatever goes wrong is no number.
import { createHttp } from '@headgate/kit/http';
import { type ScriptedAnswer, startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectPrometheus } from '../src/prometheus.js';
import type { Metrics, MetricsQuestion } from '../src/samples.js';
import type { QueryName } from '../src/strategy-analysis.js';

const route = 'POST /api/v1/query';
const question: MetricsQuestion = { canary: ['shop-web-1'], baseline: ['a.b', 'c"d'], seconds: 90 };
const queries: readonly (readonly [QueryName, string])[] = [
  ['canary-total', 'total{c=~"$canary"}[$window]'],
  ['canary-errors', 'errors_canary'],
  ['baseline-total', 'total{c=~"$baseline"}'],
  ['baseline-errors', 'errors_baseline'],
];
const latency = [
  ['canary-latency', 'slow_canary'],
  ['baseline-latency', 'slow_baseline'],
] as const;

const vector = (...values: readonly (string | readonly [string, string])[]): ScriptedAnswer => {
  const result = values.map((value) =>
    typeof value === 'string'
      ? { metric: {}, value: [1, value] }
      : { metric: { le: value[0] }, value: [1, value[1]] },
  );
  return { json: { status: 'success', data: { resultType: 'vector', result } } };
};

describe('a Prometheus', () => {
  let server: TestServer;
  const asked = (): readonly string[] =>
    server.requests.map(({ body }) => new URLSearchParams(body).get('query') ?? '');
  /** Answers by the query's text. */
  const answer = (byQuery: Readonly<Record<string, ScriptedAnswer>>): void =>
    server.on(route, ({ body }) => {
      const text = new URLSearchParams(body).get('query') ?? '';
      return Object.entries(byQuery).find(([part]) => text.startsWith(part))?.[1] ?? vector('0');
    });
  const connect = (some = queries, token = ''): Metrics =>
    connectPrometheus({
      http: createHttp(),
      signal: new AbortController().signal,
      place: { url: server.url, token: 'TOKEN', queries: new Map(some) },
      token,
      redact: (text) => text.replaceAll('a-bearer-token', '***'),
    });

  beforeEach(async () => {
    server = await startTestServer();
  });
  afterEach(() => server.close());

  it('is asked with window and names, and its numbers become whole requests', async () => {
    answer({
      total: vector('999.6'),
      errors_canary: vector('3'),
      errors_baseline: { json: { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } } },
    });

    expect(await connect(queries, 'a-bearer-token').read(question)).toEqual({
      canary: { requests: 1000, errors: 3 },
      baseline: { requests: 1000, errors: 2 },
      times: null,
    });
    expect(asked()).toEqual([
      'total{c=~"shop-web-1"}[90s]',
      'errors_canary',
      'total{c=~"a.b|c.d"}',
      'errors_baseline',
    ]);
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer a-bearer-token');
  });

  it('gives histograms, whatever the order of their buckets', async () => {
    answer({
      slow_canary: vector(['+Inf', '100'], ['0.1', '40'], ['0.5', '90']),
      slow_baseline: vector(['0.1', '7'], ['+Inf', '7']),
    });

    expect((await connect([...queries, ...latency]).read(question)).times).toEqual({
      canary: [
        { upTo: 100, count: 40 },
        { upTo: 500, count: 50 },
        { upTo: Number.POSITIVE_INFINITY, count: 10 },
      ],
      baseline: [
        { upTo: 100, count: 7 },
        { upTo: Number.POSITIVE_INFINITY, count: 0 },
      ],
    });
  });

  it.each<readonly [string, ScriptedAnswer, RegExp]>([
    ['nothing', vector(), /canary-total: it knows nothing yet; "or vector\(0\)"/],
    ['NaN', vector('NaN'), /canary-total: it says NaN/],
    ['infinity', vector('+Inf'), /canary-total: it says NaN/],
    ['less than nothing', vector('-1'), /canary-total: it says -1/],
    ['several series', vector('1', '2'), /canary-total: 2 series; sum\(\)/],
    [
      'a matrix',
      { json: { status: 'success', data: { resultType: 'matrix', result: [] } } },
      /no instant vector/,
    ],
    ['an error', { json: { status: 'error', error: 'boom' } }, /no instant vector/],
    ['no JSON', { body: '<html>a-bearer-token</html>' }, /answer is not JSON/],
    ['JSON of another shape', { body: '[1, {"a": null}]' }, /no instant vector/],
    ['503', { status: 503, body: 'a-bearer-token' }, /^Prometheus, canary-total: it answers 503$/],
    ['half an answer', { fault: 'cut-body' }, /canary-total: (POST .* failed|its answer is not JSON)/],
    ['no answer', { fault: 'cut' }, /canary-total: POST .* failed/],
  ])('that says %s is no number, and the reason is told without secrets', async (_, said, problem) => {
    answer({ total: said });
    const reading = connect(queries, 'a-bearer-token').read(question);

    await expect(reading).rejects.toThrow(problem);
    await expect(reading).rejects.not.toThrow(/a-bearer-token/);
    await connect().check(question);
  });

  it.each<readonly [number, ScriptedAnswer, string]>([
    [
      400,
      { json: { status: 'error', error: 'parse error near a-bearer-token' } },
      'canary-total: it answers 400: parse error near ***',
    ],
    [401, { body: 'no' }, 'canary-total: it answers 401: without a reason'],
    [404, { body: 'no' }, 'canary-total: it answers 404: without a reason'],
    [302, { body: '' }, 'canary-total: it answers 302: without a reason'],
  ])('that answers %d will never say anything else', async (status, scripted, problem) => {
    answer({ total: { status, ...scripted } });

    await expect(connect().check(question)).rejects.toMatchObject({
      code: 'prometheus-refused',
      message: `Prometheus, ${problem}`,
    });
  });

  it('whose histogram has no buckets gives no times', async () => {
    answer({ slow_canary: vector('0.3') });

    await expect(connect([...queries, ...latency]).read(question)).rejects.toThrow(
      /canary-latency: no histogram/,
    );
  });
});
