import type { Decision, Leg } from '@headgate/configuration/decision';
import type { Entry } from '@headgate/kit/record';
import type { LegResult, StageName } from '@headgate/kit/record-parts';
import { describe, expect, it } from '@jest/globals';
import type { JobResult } from '../src/input-forms.js';
import type { Barrier } from '../src/inputs.js';
import { judge } from '../src/outcome.js';
import { legsUntil } from '../src/wanted-legs.js';
import { decisionOf, entryOf } from './fixtures.js';

const decision = decisionOf();

function judged(
  chosen: readonly Entry[],
  needs: Readonly<Record<string, JobResult>> = {},
  over: { readonly barrier?: Barrier; readonly decision?: Decision } = {},
): readonly [LegResult, string | null, readonly string[]] {
  const observation = {
    decision,
    barrier: 'end' as const,
    chosen,
    needs: new Map(Object.entries(needs)),
    ...over,
  };
  const { result, cause, stages } = judge(observation);
  return [
    result,
    cause === null ? null : `${cause.code}: ${cause.message}`,
    stages.map((stage) => stage.result),
  ];
}

const image = (result: LegResult, name = 'shop'): Entry => entryOf('images', name, { result });
const target = (result: LegResult): Entry => entryOf('deploy', 'web', { result });
const all: Readonly<Record<string, JobResult>> = {
  decide: 'success',
  images: 'success',
  collect: 'success',
  deploy: 'success',
};

describe('what ran against what was expected', () => {
  it('is a success when every leg succeeded', () => {
    expect(judged([image('success'), target('success')], all)).toEqual([
      'success',
      null,
      ['success', 'success'],
    ]);
  });

  it('of a schedule is a success when drift was looked for, and a failure when it was skipped', () => {
    const scheduled = decisionOf({ images: [], targets: [], drift: true, stages: [], environment: null });

    expect(judged([], { decide: 'success', drift: 'success' }, { decision: scheduled })).toEqual([
      'success',
      null,
      [],
    ]);
    expect(judged([], { decide: 'success', drift: 'skipped' }, { decision: scheduled })[1]).toMatch(
      /^stage-skipped: the job drift/,
    );
    expect(judged([], { decide: 'success', drift: 'failure' }, { decision: scheduled })[1]).toMatch(
      /^stage-failed: the job drift/,
    );
  });

  it('names the leg that failed and its cause, not what it made others skip', () => {
    const needs = { ...all, images: 'failure', collect: 'failure', deploy: 'skipped' } as const;

    expect(judged([image('failure')], needs)).toEqual([
      'failure',
      'leg-failed: images shop failed: the test stage test failed',
      ['failure', 'skipped'],
    ]);
  });

  it('a leg without an entry is a failure that names it', () => {
    expect(judged([image('success')], { ...all, deploy: 'failure' })).toEqual([
      'failure',
      'leg-missing: deploy: an entry of web was expected, none was left',
      ['success', 'missing'],
    ]);
  });

  it('an expected stage that was skipped is a failure although every job is green', () => {
    expect(judged([image('success')], { ...all, deploy: 'skipped' })).toEqual([
      'failure',
      'stage-skipped: the stage deploy was expected to run; it was skipped',
      ['success', 'skipped'],
    ]);
  });

  it('a collect job that was skipped is a failure', () => {
    const needs = { ...all, collect: 'skipped' } as const;

    expect(judged([image('success'), target('success')], needs)[1]).toContain(
      'stage-skipped: the job collect',
    );
  });

  it('a job that failed around its actions is a failure', () => {
    const needs = { ...all, collect: 'failure', deploy: 'skipped' } as const;

    expect(judged([image('success')], needs)[1]).toBe('stage-failed: the job collect failed');
  });

  it('a failure elsewhere comes before a cancelled stage', () => {
    const needs = { ...all, deploy: 'cancelled', extra: 'failure' } as const;

    expect(judged([image('success'), target('cancelled')], needs)[0]).toBe('failure');
  });

  it('a cancelled stage makes the delivery cancelled', () => {
    expect(judged([image('success'), target('cancelled')], { ...all, deploy: 'cancelled' })).toEqual([
      'cancelled',
      'cancelled: deploy was cancelled',
      ['success', 'cancelled'],
    ]);
  });

  it('a stage that nobody expected may be skipped', () => {
    const feature = decisionOf({ targets: [] });

    expect(judged([image('success')], { ...all, deploy: 'skipped' }, { decision: feature })).toEqual([
      'success',
      null,
      ['success', 'not expected'],
    ]);
  });

  it('several failed legs are all named', () => {
    const legs: readonly Leg[] = [...decision.images, { ...(decision.images[0] as Leg), name: 'worker' }];
    const both = decisionOf({ images: legs, targets: [] });

    expect(judged([image('failure'), image('failure', 'worker')], {}, { decision: both })[1]).toContain(
      '(also failed: worker)',
    );
  });

  it('the images barrier looks at images only', () => {
    expect(judged([image('success')], {}, { barrier: 'images' })).toEqual(['success', null, ['success']]);
    expect(legsUntil(decision, 'images').map(({ name }) => name)).toEqual(['shop']);
    expect(legsUntil(decision, 'end').map(({ name }) => name)).toEqual(['shop', 'web']);
  });

  it('no mix of results is a success unless every expected leg succeeded', () => {
    const results: readonly (LegResult | null)[] = ['success', 'failure', 'cancelled', null];
    const jobs: readonly JobResult[] = ['success', 'failure', 'cancelled', 'skipped'];
    const entries = (stage: StageName, name: string, result: LegResult | null): readonly Entry[] =>
      result === null ? [] : [entryOf(stage, name, { result })];

    for (const one of results) {
      for (const two of results) {
        for (const images of jobs) {
          for (const deploy of jobs) {
            const chosen = [...entries('images', 'shop', one), ...entries('deploy', 'web', two)];
            const good =
              one === 'success' && two === 'success' && images === 'success' && deploy === 'success';
            expect(judged(chosen, { ...all, images, deploy })[0] === 'success').toBe(good);
          }
        }
      }
    }
  });
});
