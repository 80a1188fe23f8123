// Which failures of a build are worth another run, by what BuildKit says; and how often, how long apart, until when.

import { createRedactor } from '@headgate/kit/secrets';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BuildOutcome, runBuild } from '../src/build.js';
import { noOptions } from '../src/build-options.js';
import { transientFailure } from '../src/transient-failure.js';
import { recordedOutput, replay, replayText } from './recorded.js';

const failing = (name: string, error: string): string =>
  JSON.stringify({ vertexes: [{ digest: 'd', name, error }] });
const damage = failing(
  '[build 2/3] COPY a b',
  'failed commit on ref "layer-sha256:00": unexpected commit digest sha256:11, expected sha256:00: failed precondition',
);
const load = '[internal] load metadata for registry.example/base:1';

describe('transientFailure', () => {
  it.each([
    ['pull-504', 'server-error'],
    ['pull-429', 'rate-limited'],
    ['pull-reset', 'connection-reset'],
  ])('recorded %s: %s', (name, kind) => {
    expect(transientFailure(replay(name).trace)?.kind).toBe(kind);
  });

  it.each([
    'command',
    'network',
    'disk',
    'failing',
    'cancelled',
    'missing-file',
    'missing-base',
    'unreachable',
    'refused',
    'secret',
    'syntax',
    'import-missing',
    'success',
  ])('recorded %s: never', (name) => {
    expect(transientFailure(replay(name).trace)).toBeNull();
  });

  it.each<[string, string, string | null]>([
    [load, 'unexpected status from HEAD request: 503 Service Unavailable', 'server-error'],
    [load, 'unexpected status code https://r/v2/: 502 Bad Gateway', 'server-error'],
    [load, 'failed to do request: Head "https://r/": net/http: TLS handshake timeout', 'timeout'],
    [load, 'failed to copy: httpReadSeeker: failed open: unexpected EOF', 'connection-reset'],
    [load, 'failed to fetch oauth token: 429 Too Many Requests', 'rate-limited'],
    [load, 'denied: Your authorization token has expired. Reauthenticate and try again.', 'expired-token'],
    [
      'exporting cache to registry',
      'error writing layer blob: unexpected status: 500 Internal Server Error',
      'server-error',
    ],
    ['[build 1/3] FROM registry.example/base:1', 'read tcp: connection reset by peer', 'connection-reset'],
    [
      '[build 2/3] COPY --from=x /a /b',
      'failed to copy: read tcp: connection reset by peer',
      'connection-reset',
    ],
    ['exporting to oci image layout', 'unexpected commit size 1, expected 2', 'damaged-cache'],
    [load, 'toomanyrequests: You have reached your unauthenticated pull rate limit.', null],
    [load, 'unexpected status from HEAD request: 401 Unauthorized', null],
    [load, 'unexpected status from HEAD request: 403 Forbidden', null],
    [load, 'registry.example/base:1: not found', null],
    [load, 'manifest unknown, asked 503 times', null],
    ['[build 2/3] ADD https://example.com/a /a', 'invalid response status 503', null],
    ['[build 2/3] COPY a b', 'failed to calculate checksum: "/a503": not found', null],
    [
      '[build 2/3] RUN curl',
      'process "curl" did not complete successfully: exit code: 22: connection reset by peer',
      null,
    ],
  ])('%s: %s: %j', (name, error, kind) => {
    expect(transientFailure(replayText(failing(name, error)).trace)?.kind ?? null).toBe(kind);
  });

  it('is none when a command failed beside it', () => {
    const both = [
      failing(load, '503 Service Unavailable'),
      failing('x', 'did not complete successfully: exit code: 1'),
    ];
    const text = both.map((line, index) => line.replace('"d"', `"d${index}"`)).join('\n');

    expect(transientFailure(replayText(text).trace)).toBeNull();
  });

  it('is never what a command says, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const error = `process "x" did not complete successfully: exit code: 1: ${text} connection reset by peer`;
        const lines = [failing('[a 1/1] RUN x', error), `ERROR: failed to solve: failed to copy: ${error}`];
        expect(transientFailure(replayText(lines.join('\n')).trace)).toBeNull();
      }),
    );
  });
});

describe('a build whose pull stumbles', () => {
  /** Plays one recording an attempt; the last one repeats. */
  function build(
    recordings: readonly string[],
    {
      deadlineMs = 3_600_000,
      takesMs = 0,
      secret = 'none of this',
      cacheFrom = [] as readonly string[],
    } = {},
  ): {
    outcome: Promise<BuildOutcome>;
    deps: TestDeps;
    reports: string[];
    attempts: () => number;
    caches: string[][];
  } {
    let attempts = 0;
    const caches: string[][] = [];
    const reports: string[] = [];
    const deps = createTestDeps({
      start: async (command) => {
        const name = recordings[Math.min(attempts, recordings.length - 1)] ?? '';
        attempts += 1;
        deps.clock.advance(takesMs);
        caches.push((command.args ?? []).filter((arg) => arg.startsWith('--cache-from=')));
        const text = name.startsWith('{') ? name : recordedOutput(name);
        for (const line of text.split('\n')) command.onLine?.(line);
        return { code: name === 'warm' ? 0 : 1, signal: null, stopped: null, tail: '' };
      },
    });
    const source = {
      context: '/w',
      file: '/w/Dockerfile',
      buildArgs: new Map<string, string>(),
      buildContexts: new Map<string, string>(),
      network: '',
      platforms: [],
      labels: new Map<string, string>(),
      secretFiles: [],
      options: { ...noOptions, cacheFrom },
    };
    const outcome = runBuild(
      {
        source,
        goal: { kind: 'gate', target: 'a' },
        commitTime: null,
        deadlineMs,
        title: 'Gate a',
        redactor: createRedactor([secret]),
        onRetry: (report) => {
          reports.push(report);
        },
      },
      deps,
    );
    return { outcome, deps, reports, attempts: () => attempts, caches };
  }

  it('runs again with growing pauses, and says each time why', async () => {
    const { outcome, deps, reports } = build(['pull-504', 'pull-reset', 'warm']);

    expect((await outcome).kind).toBe('built');
    expect(deps.clock.sleeps).toEqual([2000, 4000]);
    expect(reports).toEqual([
      expect.stringMatching(/^Gate a: server-error \(attempt 1 of 4\): .*504.*; trying again in 2\.0 s$/),
      expect.stringMatching(/^Gate a: connection-reset \(attempt 2 of 4\): .*; trying again in 4\.0 s$/),
    ]);
    expect(deps.core.lines.filter((line) => line.includes('trying again'))).toHaveLength(2);
  });

  it('gives up after four attempts with the failure itself', async () => {
    const { outcome, attempts, reports } = build(['pull-429']);

    expect(await outcome).toMatchObject({
      kind: 'failed',
      diagnosis: { kind: 'registry', reason: expect.stringContaining('429') },
    });
    expect(attempts()).toBe(4);
    expect(reports.at(-1)).toMatch(/attempt 4 of 4.*giving up$/);
  });

  it('begins no attempt beyond its deadline', async () => {
    const { outcome, deps, attempts } = build(['pull-504'], { deadlineMs: 10_000, takesMs: 9_000 });

    expect((await outcome).kind).toBe('failed');
    expect(attempts()).toBe(1);
    expect(deps.clock.sleeps).toEqual([]);
  });

  it('runs again without a cache that is damaged, and only where there was one', async () => {
    const cached = build([damage, 'warm'], { cacheFrom: ['type=gha'] });
    const still = build([damage], { cacheFrom: ['type=gha'] });
    const bare = build([damage]);

    expect([(await cached.outcome).kind, cached.caches]).toEqual(['built', [['--cache-from=type=gha'], []]]);
    expect([(await still.outcome).kind, still.attempts()]).toEqual(['failed', 2]);
    expect([(await bare.outcome).kind, bare.attempts()]).toEqual(['failed', 1]);
  });

  it.each(['command', 'failing', 'refused', 'missing-base'])('never repeats %s', async (name) => {
    const { outcome, attempts, reports } = build([name]);

    expect((await outcome).kind).toBe('failed');
    expect([attempts(), reports]).toEqual([1, []]);
  });

  it('shows no secret in its reports', async () => {
    const { outcome, reports } = build(['pull-504', 'warm'], { secret: 'acme/base' });
    await outcome;

    expect(reports.join('\n')).not.toContain('acme/base');
  });
});
