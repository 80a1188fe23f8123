// What is shown at the end, and why something failed.

import type { DeliveryRecord } from '@headgate/kit/record';
import { describe, expect, it } from '@jest/globals';
import { causeOf, runCause } from '../../src/view/cause.js';
import { renderClosing } from '../../src/view/closing.js';
import { noPaint } from '../../src/view/marks.js';
import { jobEndedLines, stepBeganLine, stepEndedLines } from '../../src/view/plain.js';
import { job, run, step, story } from './states.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const record = (letter: string): DeliveryRecord =>
  ({ images: [{ name: 'shop', digest: digest(letter) }] }) as unknown as DeliveryRecord;

const failed = job('flow / target (web)', {
  conclusion: 'failure',
  annotations: [
    { level: 'notice', message: 'not the cause' },
    { level: 'failure', title: 'deploy', message: 'never healthy\nRaise the deadline.' },
  ],
  log: 'one\ntwo\nthree\n',
});

describe('the closing report', () => {
  it('shows steps, the time of each stage that began, the load, and that what runs is what was built', () => {
    const skipped = job('flow / deploy', { conclusion: 'skipped', startedAt: null, completedAt: null });
    const result = story({
      steps: [
        step('Pushed', { runs: [run([job('flow / decide'), skipped])] }),
        step('Merged', {
          runs: [run([job('flow / decide', { completedAt: 2_000 })], { number: 2 })],
          record: record('a'),
        }),
      ],
      load: {
        requests: 30_001,
        failed: 0,
        p50ms: 1.1,
        p99ms: 7,
        elapsedMs: 43_000,
        rate: 700,
        sinceFirst: 0,
        window: { requests: 20_001, failed: 0, p50ms: 1.2, p99ms: 8, elapsedMs: 28_600 },
        failures: [],
      },
      running: [{ image: 'shop', environment: 'test', digest: digest('a'), instances: 2 }],
    });

    expect(renderClosing(result, noPaint)).toEqual([
      'step       time  runs',
      '────────  ─────  ────────────',
      '✓ Pushed  4.2 s  push success',
      '✓ Merged  4.2 s  push success',
      '',
      'stage   push #1  push #2',
      '──────  ───────  ───────',
      'decide    2.5 s    1.0 s',
      '',
      'load  0 of 20,001 requests failed between the first swap and the last drained instance',
      '      offered at 700/s for 28.6 s, p50 1.2 ms, p99 8.0 ms',
      '      with those before and after: 0 of 30,001 failed, p50 1.1 ms, p99 7.0 ms',
      `image shop: 2 × ${digest('a')} running in test = built in "Merged"`,
      '',
      '✓ first: everything as expected, 1 m 01 s',
    ]);
  });

  it('shows the cause with the end of the log where a step is not as expected', () => {
    const bad = run([failed], { conclusion: 'failure' });
    const result = story({
      ok: false,
      steps: [
        step('Merged', { ok: false, problems: ['success was expected\nfailure was found'], runs: [bad] }),
      ],
      notPlayed: ['Later'],
    });

    const lines = renderClosing(result, noPaint);

    expect(lines).toContain('- Later          not played');
    expect(lines.slice(lines.indexOf('not as expected in "Merged":'))).toEqual([
      'not as expected in "Merged":',
      '  success was expected',
      '  failure was found',
      '  flow / target (web)',
      '    deploy: never healthy',
      '    Raise the deadline.',
      '    | one',
      '    | two',
      '    | three',
      '',
      '✗ first: not as expected at "Merged", 1 m 01 s',
    ]);
  });

  it('shows an expected failure with its cause alone, and a former version that serves again as such', () => {
    const result = story({
      steps: [
        step('Good', { record: record('a') }),
        step('Bad', { runs: [run([failed], { conclusion: 'failure' })], record: record('b') }),
      ],
      running: [{ image: 'shop', environment: 'test', digest: digest('a'), instances: 2 }],
    });

    const lines = renderClosing(result, noPaint);

    expect(lines).toContain('as expected, failed in "Bad":');
    expect(lines.some((line) => line.includes('| three'))).toBe(false);
    expect(lines).toContain(
      `image shop: 2 × ${digest('a')} running in test = built in "Good", not the newest one`,
    );
  });

  it('puts six runs side by side and the next ones below, without those in which nothing began', () => {
    const named = (name: string, number: number) => ({ number, event: { ...run([]).event, name } });
    const runs = ['push', 'pull_request', 'issue_comment', 'workflow_dispatch', 'push', 'push', 'push'].map(
      (name, index) => run([job('flow / decide')], named(name, index + 1)),
    );
    const idle = run(
      [job('flow / decide', { startedAt: null, conclusion: 'skipped' })],
      named('schedule', 9),
    );

    const lines = renderClosing(story({ steps: [step('All', { runs: [idle, ...runs] })] }), noPaint);

    expect(lines.filter((line) => line.startsWith('stage'))).toEqual([
      'stage   push #1  PR #2  comment #3  dispatch #4  push #5  push #6',
      'stage   push #7',
    ]);
  });

  it('tells a run that went on in the last step it was judged in, by its newest attempt', () => {
    const again = run([failed, job('flow / target (web)', { id: 2, attempt: 2 })], { attempt: 2 });
    const waited = run([failed], { conclusion: 'failure', number: 2 });
    const steps = [
      step('Merged', { runs: [waited] }),
      step('Approved', { ok: false, problems: ['it failed'], continued: [waited], runs: [again] }),
    ];

    const lines = renderClosing(story({ ok: false, steps }), noPaint);

    expect(lines).not.toContain('as expected, failed in "Merged":');
    expect(lines.filter((line) => line.includes('deploy: never healthy'))).toHaveLength(1);
    expect(lines).toContain('target (web)  ✗ 2.5 s    2.5 s');
  });

  it('says when something runs that the story did not build', () => {
    const running = [{ image: 'shop', environment: 'test', digest: digest('c'), instances: 1 }];

    expect(renderClosing(story({ running }), noPaint)).toContain(
      `image shop: 1 × ${digest('c')} running in test built by no delivery of this story`,
    );
  });
});

describe('a cause', () => {
  it('is the error annotations, then the end of the log', () => {
    expect(causeOf(failed, 1)).toEqual(['deploy: never healthy', 'Raise the deadline.', '| three']);
    expect(causeOf(failed, 0)).toEqual(['deploy: never healthy', 'Raise the deadline.']);
  });

  it('names why a run never started', () => {
    expect(runCause(run([], { problem: 'line 3: unknown key' }), 5)).toEqual([
      'delivery: line 3: unknown key',
    ]);
  });

  it('cannot move the cursor', () => {
    const hostile = job('a\u001b[2J', { conclusion: 'failure', log: '\u001b]0;title\u0007' });

    expect(runCause(run([hostile]), 5).join('')).not.toMatch(/\p{Cc}/u);
  });
});

describe('plain lines', () => {
  it('say what begins and what ended', () => {
    expect(stepBeganLine('Pushed', 0, 3)).toBe('[1/3] Pushed');
    expect(jobEndedLines(run([]), job('flow / decide'))).toEqual(['  ✓ push: flow / decide 2.5 s']);
    expect(jobEndedLines(run([]), failed)).toEqual([
      '  ✗ push: flow / target (web) 2.5 s',
      '      deploy: never healthy',
      '      Raise the deadline.',
    ]);
    expect(stepEndedLines(step('a'))).toEqual(['  as expected, 4.2 s']);
    expect(stepEndedLines(step('a', { ok: false, problems: ['x\ny'] }))).toEqual([
      '  NOT as expected, 4.2 s',
      '    x',
      '    y',
    ]);
  });
});
