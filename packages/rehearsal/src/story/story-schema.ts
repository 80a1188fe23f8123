// A story as a file: what people do, step by step, and what must then be true.
import * as v from 'valibot';
import {
  comment,
  dispatch,
  loseRunner,
  merge,
  pullRequest,
  push,
  rerun,
  resolve,
  schedule,
} from './action-schema.js';
import { beginning } from './beginning.js';
import { expectation } from './expectation-schema.js';
import { keepLoad, startLoad, stopLoad } from './load-schema.js';
import { duration, filled, given, login } from './story-values.js';

export const actionKinds = [
  'push',
  'resolve',
  'pull-request',
  'merge',
  'comment',
  'rerun',
  'dispatch',
  'schedule',
  'lose-runner',
  'start-load',
  'keep-load',
  'stop-load',
] as const;

const step = v.pipe(
  v.strictObject({
    name: filled,
    push: v.optional(push),
    resolve: v.optional(resolve),
    'pull-request': v.optional(pullRequest),
    merge: v.optional(merge),
    comment: v.optional(comment),
    rerun: v.optional(rerun),
    dispatch: v.optional(dispatch),
    schedule: v.optional(schedule),
    'lose-runner': v.optional(loseRunner),
    'start-load': v.optional(startLoad),
    'keep-load': v.optional(keepLoad),
    'stop-load': v.optional(stopLoad),
    /** Until what the step waits for must have come. */
    within: v.optional(duration, '3m'),
    /** The step ends when a job (`*` for any text) comes to this state; its run goes on. */
    'wait-for': v.optional(
      v.strictObject({
        job: filled,
        branch: v.optional(filled),
        state: v.optional(v.picklist(['queued', 'waiting', 'in_progress', 'completed']), 'in_progress'),
      }),
    ),
    /** Only runs that the step itself started must end; those that went on before it go on. */
    'while-running': v.optional(v.literal(true)),
    expect: v.optional(v.array(expectation), []),
  }),
  v.check((value) => given(value, actionKinds) === 1, `exactly one of ${actionKinds.join(', ')}`),
  v.check(
    (value) => given(value, ['wait-for', 'while-running']) < 2,
    'wait-for or while-running, not both: wait-for leaves every run going on',
  ),
);

export const storySchema = v.strictObject({
  story: filled,
  about: filled,
  /** Teams of the owner's organisation by slug, each with its members. */
  teams: v.optional(v.record(login, v.array(login)), {}),
  'begins-with': v.optional(beginning, {}),
  steps: v.pipe(v.array(step), v.minLength(1, 'at least one step')),
});

export type Story = v.InferOutput<typeof storySchema>;
export type Step = Story['steps'][number];
export type StartLoad = NonNullable<Step['start-load']>;
export type KeepLoad = NonNullable<Step['keep-load']>;
export type StopLoad = NonNullable<Step['stop-load']>;
