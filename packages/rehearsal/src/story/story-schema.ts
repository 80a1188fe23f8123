// A story as a file: what people do, step by step, and what must then be true.
import * as v from 'valibot';
import { keepLoad, startLoad, stopLoad } from './load-schema.js';
import { count, duration, filled, requestPath } from './story-values.js';

const path = v.pipe(
  v.string(),
  v.regex(
    /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))(?!\.git(?:\/|$))[^\0\r\n\\]+$/,
    'a path inside the folder, with / and without ..',
  ),
);
const login = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, 'a login: letters, digits and -'),
);
const conclusion = v.picklist(['success', 'failure', 'cancelled', 'skipped']);

const push = v.strictObject({
  branch: filled,
  /** Where a new branch begins; an existing one goes on. */
  from: v.optional(filled, 'develop'),
  by: login,
  message: filled,
  /** `find` must stand in the file exactly once. */
  replace: v.optional(v.array(v.strictObject({ file: path, find: filled, with: v.string() })), []),
  /** Path in the repository → its whole text. */
  write: v.optional(v.record(path, v.string()), {}),
  /** A folder beside the story, laid over the repository. */
  copy: v.optional(path),
  delete: v.optional(v.array(path), []),
});

const pullRequest = v.strictObject({
  branch: filled,
  into: v.optional(filled, 'develop'),
  title: filled,
  by: login,
});
const merge = v.strictObject({ branch: filled, by: login });

export const expectationKinds = [
  'run',
  'nothing-runs',
  'job',
  'published',
  'not-published',
  'deployed',
  'running',
  'answers',
  'summary',
  'annotation',
] as const;

const expectation = v.pipe(
  v.strictObject({
    run: v.optional(v.strictObject({ event: filled, result: conclusion })),
    'nothing-runs': v.optional(v.literal(true)),
    /** `name` may hold * for any text. */
    job: v.optional(v.strictObject({ name: filled, result: conclusion })),
    published: v.optional(v.strictObject({ image: filled })),
    'not-published': v.optional(v.strictObject({ image: filled })),
    deployed: v.optional(
      v.strictObject({ environment: filled, state: v.picklist(['success', 'failure', 'error']) }),
    ),
    running: v.optional(
      v.strictObject({ image: filled, 'built-in': v.optional(filled), instances: v.optional(count) }),
    ),
    answers: v.optional(
      v.strictObject({
        environment: filled,
        path: requestPath,
        status: v.optional(count, 200),
        contains: v.optional(filled),
      }),
    ),
    summary: v.optional(v.strictObject({ contains: filled, job: v.optional(filled, '*') })),
    annotation: v.optional(v.strictObject({ contains: filled, job: v.optional(filled, '*') })),
  }),
  v.check((value) => given(value, expectationKinds) === 1, `exactly one of ${expectationKinds.join(', ')}`),
);

export const actionKinds = ['push', 'pull-request', 'merge', 'start-load', 'keep-load', 'stop-load'] as const;

const step = v.pipe(
  v.strictObject({
    name: filled,
    push: v.optional(push),
    'pull-request': v.optional(pullRequest),
    merge: v.optional(merge),
    'start-load': v.optional(startLoad),
    'keep-load': v.optional(keepLoad),
    'stop-load': v.optional(stopLoad),
    /** Until all runs that the step raised must have ended. */
    within: v.optional(duration, '3m'),
    expect: v.optional(v.array(expectation), []),
  }),
  v.check((value) => given(value, actionKinds) === 1, `exactly one of ${actionKinds.join(', ')}`),
);

export const storySchema = v.strictObject({
  story: filled,
  about: filled,
  steps: v.pipe(v.array(step), v.minLength(1, 'at least one step')),
});

export type Story = v.InferOutput<typeof storySchema>;
export type Step = Story['steps'][number];
export type Expectation = Step['expect'][number];
export type Push = NonNullable<Step['push']>;
export type PullRequest = NonNullable<Step['pull-request']>;
export type Merge = NonNullable<Step['merge']>;
export type StartLoad = NonNullable<Step['start-load']>;
export type KeepLoad = NonNullable<Step['keep-load']>;
export type StopLoad = NonNullable<Step['stop-load']>;

function given(value: Readonly<Record<string, unknown>>, kinds: readonly string[]): number {
  return kinds.filter((kind) => value[kind] !== undefined).length;
}
