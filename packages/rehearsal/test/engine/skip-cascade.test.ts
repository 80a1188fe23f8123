// Conditions of jobs: how a failure, a skip and a cancel travel along `needs`.
import { systemClock } from '@headgate/kit/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { conclusions, createRehearsal, type Rehearsal } from '../support/rehearsal.js';

type Job = { needs?: string; if?: string; fails?: boolean; more?: string };

function workflow(jobs: Readonly<Record<string, Job>>): Record<string, string> {
  const text = Object.entries(jobs).map(([id, job]) =>
    [
      `  ${id}:`,
      '    runs-on: ubuntu-latest',
      ...(job.needs === undefined ? [] : [`    needs: ${job.needs}`]),
      ...(job.if === undefined ? [] : [`    if: ${job.if}`]),
      ...(job.more === undefined ? [] : [`    ${job.more}`]),
      `    steps: [{ run: "exit ${job.fails === true ? 1 : 0}" }]`,
    ].join('\n'),
  );
  return { '.github/workflows/x.yml': `on: push\njobs:\n${text.join('\n')}\n` };
}

describe('conditions of jobs', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal();
  });
  afterEach(() => rehearsal.close());

  it.each<[string, Record<string, Job>, Record<string, string>]>([
    [
      'a failure skips its dependents',
      { a: { fails: true }, b: { needs: 'a' }, c: { needs: 'b' } },
      { a: 'failure', b: 'skipped', c: 'skipped' },
    ],
    [
      'failure() sees an ancestor behind a skipped job',
      { a: { fails: true }, b: { needs: 'a' }, c: { needs: 'b', if: 'failure()' } },
      { a: 'failure', b: 'skipped', c: 'success' },
    ],
    [
      'a skipped ancestor skips even behind a green job',
      { a: { if: 'false' }, b: { needs: 'a', if: 'always()' }, c: { needs: 'b' } },
      { a: 'skipped', b: 'success', c: 'skipped' },
    ],
    [
      '!cancelled() and a result get over the cascade',
      {
        a: { if: 'false' },
        b: { needs: 'a', if: 'always()' },
        c: { needs: 'b', if: "(!cancelled() && needs.b.result == 'success')" },
      },
      { a: 'skipped', b: 'success', c: 'success' },
    ],
    [
      'success() of one named job',
      { a: { fails: true }, b: {}, c: { needs: '[a, b]', if: "success('b')" } },
      { a: 'failure', b: 'success', c: 'success' },
    ],
    [
      'a forgiven failure counts as success',
      {
        a: { fails: true, more: 'continue-on-error: true' },
        b: { needs: 'a', if: "needs.a.result == 'success'" },
      },
      { a: 'failure', b: 'success' },
    ],
    [
      'a condition without status function needs success',
      { a: { fails: true }, b: { needs: 'a', if: 'true' } },
      { a: 'failure', b: 'skipped' },
    ],
  ])('%s', async (_name, jobs, expected) => {
    const run = await rehearsal.push(workflow(jobs));

    expect(conclusions(run)).toEqual(expected);
  });

  it('a run with a forgiven failure only is a success', async () => {
    const run = await rehearsal.push(workflow({ a: { fails: true, more: 'continue-on-error: true' } }));

    expect(run.conclusion).toBe('success');
  });

  it('a cancel stops what runs, skips what waits, and lets always() run', async () => {
    const started = Promise.withResolvers<void>();
    await rehearsal.close();
    rehearsal = await createRehearsal({
      onChange: (_run, job) =>
        job?.steps.some(({ name, status }) => name === 'Run exec sleep 60' && status === 'in_progress') &&
        started.resolve(),
    });
    const text = `on: push
jobs:
  slow:
    runs-on: x
    steps:
      - run: exec sleep 60
      - run: echo never
      - if: always()
        run: echo tidied
  next: { needs: slow, runs-on: x, steps: [{ run: echo next }] }
  last: { needs: [slow, next], if: always(), runs-on: x, steps: [{ run: echo last }] }
`;
    const run = await rehearsal.start({ '.github/workflows/x.yml': text });
    await started.promise;
    await rehearsal.engine.cancel(run.id);
    await rehearsal.engine.finished(run.id);

    expect(conclusions(run)).toEqual({ slow: 'cancelled', next: 'skipped', last: 'success' });
    expect(run.conclusion).toBe('cancelled');
    const slow = run.jobs.find(({ name }) => name === 'slow');
    expect(slow?.steps.map(({ conclusion }) => conclusion)).toEqual([
      'success',
      'cancelled',
      'skipped',
      'success',
      'success',
    ]);
    expect(slow?.log).toContain('tidied');
  });

  it('what a cancel has not ended after five minutes is ended, always() or not', async () => {
    const started = Promise.withResolvers<void>();
    await rehearsal.close();
    rehearsal = await createRehearsal({
      // Five minutes pass in 300 ms.
      clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 1000, signal) },
      onChange: (_run, job) => {
        if (job?.name === 'slow' && job.steps.at(-1)?.name === 'at work') started.resolve();
      },
    });
    const stubborn = `trap '' INT TERM; sleep 30 & wait; wait`;
    const text = `on: push
jobs:
  slow:
    if: always()
    runs-on: x
    steps:
      - { name: at work, if: always(), run: "${stubborn}" }
      - { if: always(), run: echo later }
  tidy:
    runs-on: x
    steps: [{ name: waits, run: exec sleep 30 }, { name: stays, if: always(), run: "${stubborn}" }]
  last: { needs: slow, if: always(), runs-on: x, steps: [{ run: echo last }] }
`;
    const run = await rehearsal.start({ '.github/workflows/x.yml': text });
    await started.promise;
    await rehearsal.engine.cancel(run.id);
    await rehearsal.engine.finished(run.id);

    expect(conclusions(run)).toEqual({ slow: 'cancelled', tidy: 'cancelled', last: 'cancelled' });
    expect(run.jobs.map(({ log }) => log).join()).not.toMatch(/^(?:later|last)$/mu);
  });

  it('the end of the rehearsal starts nothing more, not even always()', async () => {
    const started = Promise.withResolvers<void>();
    await rehearsal.close();
    rehearsal = await createRehearsal({
      onChange: (_run, job) => {
        if (job?.steps.at(-1)?.name === 'Run exec sleep 60') started.resolve();
      },
    });
    const text = `on: push
jobs:
  slow: { if: always(), runs-on: x, steps: [{ run: exec sleep 60 }] }
  last: { needs: slow, if: always(), runs-on: x, steps: [{ run: echo last }] }
`;
    const run = await rehearsal.start({ '.github/workflows/x.yml': text });
    await started.promise;
    await rehearsal.engine.close();

    expect(conclusions(run)).toEqual({ slow: 'cancelled', last: 'cancelled' });
  });

  it('a failed leg cancels its siblings, unless fail-fast is off', async () => {
    const text = (failFast: boolean): string => `on: push
jobs:
  legs:
    strategy: { fail-fast: ${failFast}, max-parallel: 1, matrix: { n: [1, 2, 3] } }
    runs-on: x
    steps: [{ run: 'test "\${{ matrix.n }}" != 2' }]
`;
    const fast = await rehearsal.push({ '.github/workflows/x.yml': text(true) });
    const slow = await rehearsal.push({ '.github/workflows/x.yml': text(false) });

    expect(conclusions(fast)).toEqual({
      'legs (1)': 'success',
      'legs (2)': 'failure',
      'legs (3)': 'cancelled',
    });
    expect(conclusions(slow)).toEqual({
      'legs (1)': 'success',
      'legs (2)': 'failure',
      'legs (3)': 'success',
    });
  });
});
