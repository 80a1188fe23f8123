// Verdicts on single instances.
import { describe, expect, it } from '@jest/globals';
import { type Evidence, noEvidence, noted } from '../src/evidence.js';
import type { Observation } from '../src/target.js';
import { judgeStart, judgeTraffic, type TrafficSample } from '../src/verdict.js';

const subject = { name: 'web-1', restarts: 0 };
const fine: Observation = {
  running: true,
  restarting: false,
  restarts: 0,
  startedAt: 0,
  exitCode: null,
  outOfMemory: false,
  health: 'none',
  healthDetail: '',
  answer: { ok: true, detail: '200', listens: true },
};
const silent = { ok: false, detail: '503', listens: true };
const early = { elapsedMs: 0, deadlineMs: 1000 };
/** The evidence of looks a second apart. */
const seeing = (...looks: readonly Observation[]): Evidence =>
  looks.reduce(
    (evidence, seen, index) => noted(evidence, { what: 'seen', at: index * 1000, seen, isDue: true }),
    noEvidence,
  );
const late = { elapsedMs: 1000, deadlineMs: 1000 };

const mute: Observation = { ...fine, answer: silent };

describe('a started instance', () => {
  it.each([
    ['passes when it answers and declares no check', fine, early, { kind: 'pass' }],
    [
      'passes when check and answer are good',
      { ...fine, health: 'healthy' as const },
      early,
      { kind: 'pass' },
    ],
    [
      'waits while its check is starting',
      { ...fine, health: 'starting' as const },
      early,
      { kind: 'wait', reason: 'health check: starting' },
    ],
    [
      'waits while it does not answer',
      { ...fine, answer: silent },
      early,
      { kind: 'wait', reason: 'health path answers 503' },
    ],
    ['fails at the deadline', { ...fine, answer: silent }, late, { kind: 'fail', code: 'never-healthy' }],
    [
      'fails at once when its check says unhealthy',
      { ...fine, health: 'unhealthy' as const },
      early,
      { kind: 'fail', code: 'health-check-failed' },
    ],
    [
      'fails at the deadline when nothing takes the connection',
      { ...fine, answer: { ok: false, detail: 'refused', listens: false } },
      late,
      { kind: 'fail', code: 'not-listening' },
    ],
    [
      'fails at once when it ended',
      { ...fine, running: false, exitCode: 7 },
      early,
      { kind: 'fail', code: 'instance-exited' },
    ],
    [
      'fails at once when it was started again a second time',
      { ...fine, restarts: 2 },
      early,
      { kind: 'fail', code: 'instance-exited', message: 'web-1 ended by itself, 2 times' },
    ],
    ['passes when it was started again once', { ...fine, restarts: 1 }, early, { kind: 'pass' }],
    [
      'waits while it is started again the first time',
      { ...fine, running: false, restarting: true, restarts: 1, exitCode: 1 },
      early,
      { kind: 'wait', reason: 'it ended once and is started again' },
    ],
    [
      'fails at the deadline while it is still started again',
      { ...fine, running: false, restarting: true, restarts: 1, exitCode: 1 },
      late,
      { kind: 'fail', code: 'instance-exited' },
    ],
    [
      'fails at once when its command was not found, though it is started again',
      { ...fine, running: false, restarting: true, restarts: 1, exitCode: 127 },
      early,
      { kind: 'fail', code: 'cannot-run' },
    ],
  ])('%s', (_, seen, time, verdict) => {
    expect(judgeStart(subject, seeing(seen), time)).toMatchObject(verdict);
  });

  it('says when memory was the reason', () => {
    const seen = { ...fine, running: false, restarting: true, exitCode: 137, outOfMemory: true, restarts: 1 };

    expect(judgeStart(subject, seeing(seen), early)).toMatchObject({
      code: 'out-of-memory',
      message: 'web-1 was killed for lack of memory, exit code 137',
      hint: expect.stringContaining('memory limit'),
    });
  });
});

describe('an instance in traffic', () => {
  const sample = (more: Partial<TrafficSample>): TrafficSample => ({
    evidence: seeing(fine),
    own: { responses: 100, errors: 0, sessions: 0 },
    others: { responses: 100, errors: 0, sessions: 0 },
    ...more,
  });
  const errors = (count: number, responses = 100) => ({ responses, errors: count, sessions: 0 });

  it.each([
    ['passes after the settling time', sample({}), late, { kind: 'pass' }],
    ['waits before it', sample({}), early, { kind: 'wait' }],
    ['may fail two health requests', sample({ evidence: seeing(fine, mute, mute) }), early, { kind: 'wait' }],
    [
      'may not fail three',
      sample({ evidence: seeing(fine, mute, mute, mute) }),
      early,
      { kind: 'fail', code: 'unhealthy-in-traffic' },
    ],
    ['may answer two errors', sample({ own: errors(2, 2) }), early, { kind: 'wait' }],
    [
      'may not answer six of a hundred',
      sample({ own: errors(6) }),
      early,
      { kind: 'fail', code: 'errors-in-traffic' },
    ],
    [
      'may answer as many as the former version does',
      sample({ own: errors(6), others: errors(6) }),
      early,
      { kind: 'wait' },
    ],
    [
      'may not refuse connections',
      sample({ own: errors(3, 0) }),
      early,
      { kind: 'fail', code: 'errors-in-traffic' },
    ],
    [
      'may not end',
      sample({ evidence: seeing({ ...fine, running: false, exitCode: 0 }) }),
      late,
      { kind: 'fail', code: 'instance-exited' },
    ],
  ])('%s', (_, given, time, verdict) => {
    expect(judgeTraffic(subject, given, time)).toMatchObject(verdict);
  });

  it('is not condemned for restarts of long ago', () => {
    const seen = { ...fine, restarts: 4 };

    expect(judgeTraffic({ name: 'web-1', restarts: 4 }, sample({ evidence: seeing(seen) }), late)).toEqual({
      kind: 'pass',
    });
  });
});
