// A story played in a world of doubles: what is judged, when it stops, what it says.

import { systemClock } from '@headgate/kit/clock';
import type { HttpResponse } from '@headgate/kit/http';
import { type DeliveryRecord, emptyRecord, type FlowPart } from '@headgate/kit/record';
import { describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';
import type { RaisedEvent, RunState } from '../../src/model.js';
import type { LoadGenerator } from '../../src/parts/load-generator.js';
import type { LoadReport } from '../../src/parts/load-tally.js';
import { judgeLoad } from '../../src/story/load-session.js';
import { playStory } from '../../src/story/play-story.js';
import { readStory } from '../../src/story/read-story.js';
import { toJson } from '../../src/story/result.js';
import type { StopLoad } from '../../src/story/story-schema.js';
import type { StoryWorld } from '../../src/story/world.js';
import { job, run } from '../view/states.js';
import { noTraffic, quietWorld } from './worlds.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const quiet = { stepBegan: () => undefined, stepEnded: () => undefined, loadOf: () => undefined };

function record(letter: string): DeliveryRecord {
  const part = {
    name: 'shop',
    digest: digest(letter),
    reference: `127.0.0.1:5000/octo/shop@${digest(letter)}`,
    tags: ['develop'],
    key: letter.repeat(64),
    platforms: [],
    reusedFrom: null,
  };
  const flow: FlowPart = {
    application: 'shop',
    repository: 'octo/shop',
    event: 'push',
    ref: 'refs/heads/develop',
    branchKind: 'development',
    version: null,
    commit: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    actor: 'mona',
    run: { id: 1, attempt: 1, url: 'http://127.0.0.1/run' },
  };
  return { ...emptyRecord(flow), images: [part] };
}

interface Delivery {
  readonly record?: DeliveryRecord;
  readonly jobs?: RunState['jobs'];
  readonly conclusion?: RunState['conclusion'];
  readonly running?: string;
  readonly answer?: string;
}

/** A world in which the nth push has the nth outcome. */
function world(deliveries: readonly Delivery[], changes: Partial<StoryWorld> = {}): StoryWorld {
  const raised: RaisedEvent[] = [];
  const runs: RunState[] = [];
  const now = (): Delivery => deliveries[runs.length - 1] ?? {};
  const published = (): readonly DeliveryRecord[] =>
    deliveries.slice(0, runs.length).flatMap((each) => each.record ?? []);
  const body = (text: string): HttpResponse =>
    ({ status: 200, text: async () => text }) as unknown as HttpResponse;
  const base = quietWorld();
  return {
    ...base,
    engine: { ...base.engine, raised, runs: () => runs },
    desk: {
      ...base.desk,
      push: async (push) => {
        const sha = `commit ${runs.length + 1}`;
        const event = { ...run([]).event, ref: `refs/heads/${push.branch}`, sha };
        const { jobs = [job('flow / decide')], conclusion = 'success' } = deliveries[runs.length] ?? {};
        raised.push(event);
        runs.push(run(jobs, { id: runs.length + 1, event, conclusion }));
        return sha;
      },
    },
    http: async () => body(now().answer ?? ''),
    running: async () => {
      const found = now().running;
      return found === undefined
        ? []
        : [
            {
              id: '1',
              name: 'web-1',
              image: `r@${found}`,
              environment: 'test',
              service: 'web',
              digests: [found],
            },
          ];
    },
    tags: async () => published().flatMap(({ images }) => images.flatMap((image) => image.tags)),
    digestOf: async (_, tag) =>
      published().findLast(({ images }) =>
        images.some((each) => each.digest === tag || each.tags.includes(tag)),
      )?.images[0]?.digest ?? null,
    artifacts: (id) => {
      const left = deliveries[id - 1]?.record;
      return left === undefined
        ? []
        : [zipSync({ 'r.json': new TextEncoder().encode(JSON.stringify(left)) })];
    },
    ...changes,
  };
}

const pushes = (...expectations: readonly (readonly string[])[]): string =>
  `story: s\nabout: a\nsteps:\n${expectations
    .map(
      (list, index) =>
        `  - name: Push ${index + 1}\n    push: {branch: develop, by: mona, message: m}\n    expect:\n${list.map((each) => `      - ${each}\n`).join('')}`,
    )
    .join('')}`;

const play = (text: string, place: StoryWorld) => playStory(readStory(text, 's.yml'), place, quiet);
const good: Delivery = { record: record('a'), running: digest('a'), answer: '{"version":"1.1.0"}' };

describe('a story', () => {
  it('is as expected when everything is, and says so in the promised JSON', async () => {
    const text = pushes([
      'run: {event: push, result: success}',
      "job: {name: '*decide', result: success}",
      'published: {image: shop}',
      'deployed: {environment: test, state: success}',
      'running: {image: shop, instances: 1}',
      'answers: {environment: test, path: /version, contains: 1.1.0}',
    ]);

    const result = await play(text, world([good]));

    expect(result.steps[0]?.problems).toEqual([]);
    expect(toJson(result)).toEqual({
      story: 's',
      ok: true,
      seconds: expect.any(Number),
      steps: [
        {
          name: 'Push 1',
          ok: true,
          seconds: expect.any(Number),
          runs: [
            {
              event: 'push',
              ref: 'refs/heads/develop',
              jobs: [{ name: 'flow / decide', result: 'success', seconds: 2.5 }],
            },
          ],
        },
      ],
      load: null,
      mail: [],
      repository: { branches: ['develop'], tags: [] },
      record: record('a'),
    });
  });

  it('asks a service with the headers that it says', async () => {
    const asked: unknown[] = [];
    const place = world([good]);
    const http: StoryWorld['http'] = (request) => {
      asked.push(request.headers);
      return place.http(request);
    };
    const text = pushes(['answers: {environment: test, path: /, headers: {X-Taste: new}}']);

    expect((await play(text, { ...place, http })).ok).toBe(true);
    expect(new Set(asked.map((headers) => JSON.stringify(headers)))).toEqual(new Set(['{"X-Taste":"new"}']));
  });

  it.each<[string, Delivery, string]>([
    [
      'run: {event: push, result: success}',
      { conclusion: 'failure' },
      'expected to end as success, it ended as failure',
    ],
    ['run: {event: schedule, result: success}', {}, 'a run for schedule was expected, there is none'],
    ['nothing-runs: true', {}, 'no run was expected'],
    ["job: {name: '*deploy', result: success}", {}, 'there are: flow / decide'],
    ['job: {name: flow / decide, result: failure}', {}, 'it ended as success'],
    ['published: {image: shop}', {}, 'does not exist'],
    ['not-published: {image: shop}', good, 'the registry has develop'],
    ['deployed: {environment: test, state: failure}', {}, 'its status is success'],
    ['running: {image: shop}', {}, 'no record says which digest'],
    ['running: {image: shop}', { ...good, running: digest('b') }, `was expected to run ${digest('a')}`],
    ['running: {image: shop, instances: 2}', good, '2 instances of shop were expected, 1 run'],
    [
      'answers: {environment: test, path: /, contains: 1.2.0}',
      good,
      'it answered "{\\"version\\":\\"1.1.0\\"}"',
    ],
    ['traffic: {image: shop, percent: 5}', good, 'a load was expected, none was begun'],
    ['answers: {environment: preview/pr-1, path: /}', good, 'its deployment has no address'],
    ['answers: {environment: test, path: /, status: 404}', good, 'expected to answer 404, it answered 200'],
    ['summary: {contains: digest}', { jobs: [job('a', { summary: 'nothing' })] }, 'found "nothing"'],
    ['annotation: {contains: cause}', { jobs: [job('a')] }, 'found none'],
    ['log: {contains: done}', { jobs: [job('a', { log: 'it began\n' })] }, 'found "it began"'],
    ['deployments: {environment: test, count: 1}', {}, '1 deployments to test were expected, there are 0'],
    ['run: {event: push, branch: master, result: success}', {}, 'a run for push on master was expected'],
    ['job: {name: "*decide", branch: master, result: success}', {}, 'a job named *decide was expected'],
  ])('is not as expected at "%s"', async (expectation, delivery, problem) => {
    const result = await play(
      pushes([expectation], ['run: {event: push, result: success}']),
      world([delivery]),
    );

    expect(result.ok).toBe(false);
    expect(result.steps[0]?.problems.join('\n')).toContain(problem);
    expect(result.notPlayed).toEqual(['Push 2']);
  });

  it('knows which step built what runs again', async () => {
    const text = pushes(['published: {image: shop}'], ["running: {image: shop, built-in: 'Push 1'}"]);
    const bad: Delivery = { record: record('b'), running: digest('a') };

    expect((await play(text, world([good, bad]))).ok).toBe(true);
    expect((await play(text, world([good, { ...bad, running: digest('b') }]))).ok).toBe(false);
  });

  it('is not as expected where the double differs from GitHub', async () => {
    let asked = 0;
    const violations = (): readonly string[] =>
      ++asked === 1 ? [] : ['response pulls/get: body must be object'];

    const result = await play(pushes(['run: {event: push, result: success}']), world([good], { violations }));

    expect(result.steps[0]?.problems).toEqual([
      'not as GitHub describes it: response pulls/get: body must be object',
    ]);
  });

  it('cancels runs that do not end in time, and names the open jobs', async () => {
    let cancelled = false;
    const place = world([{ jobs: [job('flow / slow', { status: 'in_progress' })] }]);
    const engine = {
      ...place.engine,
      idle: () => new Promise<void>(() => undefined),
      cancelAll: async () => {
        cancelled = true;
      },
    };
    const text = pushes(['run: {event: push, result: success}']).replace(
      '    expect',
      '    within: 20ms\n    expect',
    );

    const result = await play(text, { ...place, engine });

    expect(cancelled).toBe(true);
    expect(result.steps[0]?.problems[0]).toContain(
      'within 20ms; cancelled while open: flow / slow (in_progress)',
    );
  });

  it('ends at once when it is interrupted', async () => {
    const interrupt = new AbortController();
    const place = world([good], { signal: interrupt.signal });
    const engine = {
      ...place.engine,
      idle: () => new Promise<void>(() => interrupt.abort(new Error('SIGINT'))),
    };

    await expect(play(pushes(['run: {event: push, result: success}']), { ...place, engine })).rejects.toThrow(
      'SIGINT',
    );
  });

  it('judges the load where it is stopped', async () => {
    const report = {
      requests: 100,
      failed: 1,
      p50ms: 1,
      p99ms: 2,
      elapsedMs: 1_000,
      rate: 100,
      window: null,
      sinceFirst: 0,
      failures: [{ atMs: 500, what: 'GET / 502' }],
    };
    let marks = 0;
    const generator: LoadGenerator = {
      report: () => report,
      mark: () => {
        marks += 1;
      },
      started: async () => undefined,
      stop: async () => report,
      kill: () => undefined,
    };
    const text =
      'story: s\nabout: a\nsteps:\n  - name: A\n    start-load: {environment: test, rate: 100, requests: [{path: /}]}\n  - name: B\n    stop-load: {}\n';

    const watchTraffic: StoryWorld['watchTraffic'] = (environment, onLeft) => {
      if (environment === 'test') onLeft();
      return { stop: async () => undefined, traffic: () => noTraffic };
    };

    const result = await play(text, world([], { startLoad: () => generator, watchTraffic }));

    expect([result.load, result.traffic]).toEqual([report, noTraffic]);
    expect(marks).toBe(1);
    expect(toJson(result)).toMatchObject({
      load: { requests: 100, failed: 1, p50ms: 1, p99ms: 2, rate: 100, all: { requests: 100, seconds: 1 } },
    });
    expect(result.steps[1]?.problems).toEqual([
      'at most 0 failed requests were expected, 1 of 100 failed: GET / 502 after 0.5 s',
    ]);
  });
});

describe('load', () => {
  const steps = (within: string): string =>
    `story: s\nabout: a\nsteps:\n  - name: A\n    start-load: {environment: test, rate: 100, requests: [{path: /}]}\n  - name: B\n    keep-load: {at-least: 30}\n    within: ${within}\n  - name: C\n    stop-load: {}\n`;

  it.each([
    ['1m', 10, null],
    ['200ms', 1, '30 requests since the first swap were expected in time, '],
  ])('is kept for at most %s until enough was asked since the first swap', async (within, pace, problem) => {
    let sinceFirst = 0;
    const generator: LoadGenerator = {
      report: () => {
        sinceFirst += pace;
        return { ...report, sinceFirst };
      },
      mark: () => undefined,
      started: async () => undefined,
      stop: async () => report,
      kill: () => undefined,
    };
    let now = 0;
    const clock = {
      ...systemClock,
      now: () => now,
      sleep: (milliseconds: number, signal?: AbortSignal) => {
        now += milliseconds;
        return milliseconds > 100 ? systemClock.sleep(milliseconds, signal) : Promise.resolve();
      },
    };

    const result = await play(steps(within), world([], { startLoad: () => generator, clock }));

    if (problem === null) expect(result.ok).toBe(true);
    else expect(result.steps[1]?.problems[0]).toContain(problem);
  });

  const report: LoadReport = {
    requests: 1_000,
    failed: 0,
    p50ms: 1,
    p99ms: 2,
    elapsedMs: 10_000,
    rate: 100,
    window: null,
    sinceFirst: 0,
    failures: [],
  };
  const window = { requests: 400, failed: 0, p50ms: 1, p99ms: 3_000, elapsedMs: 4_000 };

  it.each<[Partial<LoadReport>, StopLoad, string | null]>([
    [{}, { 'at-least': 1_000, failed: 0 }, null],
    [{ failed: 3 }, { 'at-least': 1, failed: 3 }, null],
    [{ failed: 4 }, { 'at-least': 1, failed: 3 }, 'at most 3 failed'],
    [{}, { 'at-least': 1_001, failed: 0 }, 'at least 1001 requests were expected, 1000'],
    [{ rate: 200 }, { 'at-least': 1, failed: 0 }, '200 requests a second were to be offered, 100 were'],
    [{ window }, { 'at-least': 400, failed: 0 }, null],
    [
      { window },
      { 'at-least': 401, failed: 0 },
      'at least 401 requests were expected between the first swap and the last drained instance, 400',
    ],
    [{ window, failed: 1 }, { 'at-least': 1, failed: 0 }, '1 of 1000 failed'],
    [{ window }, { 'at-least': 1, failed: 0, p99: '3s' }, null],
    [{ window }, { 'at-least': 1, failed: 0, p99: '2s' }, 'answered within 2s, it took 3.0 s'],
    [{}, { 'at-least': 1, failed: 0, p99: '2s' }, null],
  ])('with %j is judged against %j', (change, action, problem) => {
    const verdict = judgeLoad({ ...report, ...change }, action);

    if (problem === null) expect(verdict).toBeNull();
    else expect(verdict).toContain(problem);
  });
});
