// Verdicts on single instances.
import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../src/target.js';
import { judgeStart, judgeTraffic, type TrafficSample } from '../src/verdict.js';

const subject = { name: 'web-1', restarts: 0 };
const fine: Observation = {
  running: true,
  restarts: 0,
  exitCode: null,
  outOfMemory: false,
  health: 'none',
  healthDetail: '',
  answer: { ok: true, detail: '200' },
};
const silent = { ok: false, detail: '503' };
const early = { elapsedMs: 0, deadlineMs: 1000 };
const late = { elapsedMs: 1000, deadlineMs: 1000 };

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
      { kind: 'fail', code: 'never-healthy' },
    ],
    [
      'fails at once when it ended',
      { ...fine, running: false, exitCode: 7 },
      early,
      { kind: 'fail', code: 'instance-exited' },
    ],
    [
      'fails at once when it was started again',
      { ...fine, restarts: 1 },
      early,
      { kind: 'fail', code: 'instance-exited' },
    ],
  ])('%s', (_, seen, time, verdict) => {
    expect(judgeStart(subject, seen, time)).toMatchObject(verdict);
  });

  it('says when memory was the reason', () => {
    const verdict = judgeStart(subject, { ...fine, running: false, exitCode: 137, outOfMemory: true }, early);

    expect(verdict).toMatchObject({
      message: 'web-1 was killed for lack of memory',
      hint: expect.stringContaining('memory limit'),
    });
  });
});

describe('an instance in traffic', () => {
  const sample = (more: Partial<TrafficSample>): TrafficSample => ({
    seen: fine,
    failedAnswers: 0,
    own: { responses: 100, errors: 0, sessions: 0 },
    others: { responses: 100, errors: 0, sessions: 0 },
    ...more,
  });
  const errors = (count: number, responses = 100) => ({ responses, errors: count, sessions: 0 });

  it.each([
    ['passes after the settling time', sample({}), late, { kind: 'pass' }],
    ['waits before it', sample({}), early, { kind: 'wait' }],
    ['may fail two health requests', sample({ failedAnswers: 2 }), early, { kind: 'wait' }],
    [
      'may not fail three',
      sample({ failedAnswers: 3 }),
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
      sample({ seen: { ...fine, running: false, exitCode: 0 } }),
      late,
      { kind: 'fail', code: 'instance-exited' },
    ],
  ])('%s', (_, given, time, verdict) => {
    expect(judgeTraffic(subject, given, time)).toMatchObject(verdict);
  });

  it('is not condemned for restarts of long ago', () => {
    const seen = { ...fine, restarts: 4 };

    expect(judgeTraffic({ name: 'web-1', restarts: 4 }, sample({ seen }), late)).toEqual({ kind: 'pass' });
  });
});
