// What must be true after a step of a story.
import * as v from 'valibot';
import { count, filled, given, requestPath } from './story-values.js';

const conclusion = v.picklist(['success', 'failure', 'cancelled', 'skipped']);

export const expectationKinds = [
  'run',
  'nothing-runs',
  'job',
  'published',
  'not-published',
  'deployed',
  'running',
  'same-digest',
  'answers',
  'summary',
  'annotation',
  'mail',
  'reply',
  'tag',
  'release',
  'ancestor',
] as const;

const runKinds = {
  run: v.optional(v.strictObject({ event: filled, result: conclusion })),
  'nothing-runs': v.optional(v.literal(true)),
  /** `name` may hold * for any text. */
  job: v.optional(v.strictObject({ name: filled, result: conclusion })),
  summary: v.optional(v.strictObject({ contains: filled, job: v.optional(filled, '*') })),
  annotation: v.optional(v.strictObject({ contains: filled, job: v.optional(filled, '*') })),
};

const deliveryKinds = {
  published: v.optional(v.strictObject({ image: filled })),
  'not-published': v.optional(v.strictObject({ image: filled })),
  deployed: v.optional(
    v.strictObject({ environment: filled, state: v.picklist(['success', 'failure', 'error']) }),
  ),
  running: v.optional(
    v.strictObject({
      image: filled,
      /** Everywhere unless said. */
      environment: v.optional(filled),
      'built-in': v.optional(filled),
      instances: v.optional(count),
    }),
  ),
  'same-digest': v.optional(v.pipe(v.array(filled), v.minLength(2, 'at least two environments'))),
  answers: v.optional(
    v.strictObject({
      environment: filled,
      path: requestPath,
      status: v.optional(count, 200),
      contains: v.optional(filled),
    }),
  ),
};

const releaseKinds = {
  mail: v.optional(v.strictObject({ to: filled, subject: v.optional(filled), text: v.optional(filled) })),
  reply: v.optional(v.strictObject({ contains: filled })),
  tag: v.optional(v.strictObject({ name: filled, on: filled })),
  release: v.optional(
    v.strictObject({ tag: filled, draft: v.optional(v.boolean(), false), asset: v.optional(filled) }),
  ),
  ancestor: v.optional(v.strictObject({ branch: filled, of: filled })),
};

export const expectation = v.pipe(
  v.strictObject({ ...runKinds, ...deliveryKinds, ...releaseKinds }),
  v.check((value) => given(value, expectationKinds) === 1, `exactly one of ${expectationKinds.join(', ')}`),
);

export type Expectation = v.InferOutput<typeof expectation>;
/** What an expectation of one kind says. */
export type Wanted<K extends (typeof expectationKinds)[number]> = NonNullable<Expectation[K]>;
