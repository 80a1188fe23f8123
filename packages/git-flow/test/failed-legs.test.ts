// What failed in a run, by entries, by what jobs handed on, and where nobody said why.
import { describe, expect, it } from '@jest/globals';
import { failedLegs, type RunState } from '../src/failed-legs.js';
import type { JobResult } from '../src/input-forms.js';
import { entryOf } from './fixtures.js';

const failure = { code: 'x', message: 'why', hint: 'do this' };
const state = (more: Partial<RunState>, needs: Readonly<Record<string, JobResult>> = {}): RunState => ({
  chosen: [],
  needs: new Map(Object.entries(needs)),
  handedOn: new Map(),
  verdict: null,
  ...more,
});
const titles = (given: RunState): readonly string[] =>
  failedLegs(given).map(({ title, failure: { code } }) => `${title}: ${code}`);

describe('failedLegs', () => {
  it('is empty where nothing failed', () => {
    expect(
      titles(state({ chosen: [entryOf('images', 'shop')] }, { images: 'success', deploy: 'skipped' })),
    ).toEqual([]);
  });

  it('names each leg once, and not the jobs that fail because of it', () => {
    const chosen = [
      entryOf('images', 'shop', { result: 'failure' }),
      entryOf('images', 'site', { result: 'failure' }),
      entryOf('images', 'other'),
    ];

    expect(titles(state({ chosen }, { images: 'failure', collect: 'failure', record: 'failure' }))).toEqual([
      'images shop: gate-failed',
      'images site: gate-failed',
    ]);
  });

  it('names a job by what it handed on, before the legs', () => {
    const handedOn = new Map([['decide', failure]]);

    expect(titles(state({ handedOn }, { decide: 'failure', images: 'skipped' }))).toEqual(['decide: x']);
  });

  it('does not believe what a job handed on that did not fail', () => {
    expect(titles(state({ handedOn: new Map([['decide', failure]]) }, { decide: 'success' }))).toEqual([]);
  });

  it.each([
    ['a lost runner', { images: 'failure', collect: 'failure' }, 'images: stage-failed'],
    ['a notice that did not arrive', { notify: 'failure' }, 'notify: stage-failed'],
  ] as const)('says of %s that nobody could say why', (_, needs, title) => {
    expect(titles(state({}, needs))).toEqual([title]);
  });

  it('gives a plan that a pull request shows to its own job', () => {
    const chosen = [entryOf('plan', 'main', { result: 'failure' })];

    expect(failedLegs(state({ chosen }, { infrastructure: 'failure' }))).toMatchObject([
      { title: 'plan main', job: 'plan (main)' },
    ]);
  });

  it('takes the verdict where nothing else says why, but not that people cancelled', () => {
    expect(titles(state({ verdict: { ...failure, code: 'stage-skipped' } }))).toEqual([
      'result: stage-skipped',
    ]);
    expect(titles(state({ verdict: { ...failure, code: 'cancelled' } }))).toEqual([]);
  });

  it.each([
    ['images', 'shop', 'image (shop)'],
    ['machine-images', 'host', 'machine-image (host)'],
    ['plan', 'configuration', 'configuration'],
    ['approval', 'production', 'wait'],
    ['deploy', 'web', 'target (web)'],
    ['deploy', 'infrastructure/main', 'apply (main)'],
    ['finish', 'release', 'draft'],
    ['finish', 'back-merge', 'back-merge'],
  ] as const)('knows the job of %s %s', (stage, name, job) => {
    expect(failedLegs(state({ chosen: [entryOf(stage, name, { result: 'failure' })] }))).toMatchObject([
      { job },
    ]);
  });
});
