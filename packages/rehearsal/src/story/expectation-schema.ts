// What must be true after a step of a story.
import * as v from 'valibot';
import { count, filled, given, requestHeaders, requestPath } from './story-values.js';

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
  'traffic',
  'summary',
  'annotation',
  'log',
  'mail',
  'reply',
  'comment',
  'pull-request',
  'issue',
  'tag',
  'not-tagged',
  'release',
  'deployments',
  'ancestor',
  'not-ancestor',
] as const;

const runKinds = {
  /** `branch`: where several runs of the event belong to one step. */
  run: v.optional(v.strictObject({ event: filled, branch: v.optional(filled), result: conclusion })),
  'nothing-runs': v.optional(v.literal(true)),
  /** `name` may hold * for any text. */
  job: v.optional(v.strictObject({ name: filled, branch: v.optional(filled), result: conclusion })),
  summary: v.optional(v.strictObject({ contains: filled, job: v.optional(filled, '*') })),
  annotation: v.optional(v.strictObject({ contains: filled, job: v.optional(filled, '*') })),
  log: v.optional(v.strictObject({ contains: filled, job: v.optional(filled, '*') })),
};

const deliveryKinds = {
  published: v.optional(v.strictObject({ image: filled })),
  'not-published': v.optional(v.strictObject({ image: filled })),
  deployed: v.optional(
    v.strictObject({ environment: filled, state: v.picklist(['success', 'failure', 'error', 'inactive']) }),
  ),
  /** How often the environment was deployed to since the story began. */
  deployments: v.optional(v.strictObject({ environment: filled, count })),
  running: v.optional(
    v.strictObject({
      image: filled,
      /** Everywhere unless said. */
      environment: v.optional(filled),
      /** Of the compose file; all that run the image unless said. */
      service: v.optional(filled),
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
      /** Sent with every request, by name. */
      headers: v.optional(requestHeaders, {}),
    }),
  ),
  /** What part of the load's newest requests is answered by the digest that was built in a step. */
  traffic: v.optional(
    v.strictObject({
      image: filled,
      percent: v.pipe(v.number(), v.minValue(0, '0 to 100'), v.maxValue(100, '0 to 100')),
      'built-in': v.optional(filled),
    }),
  ),
};

const releaseKinds = {
  mail: v.optional(
    v.strictObject({
      to: filled,
      subject: v.optional(filled),
      text: v.optional(filled),
      /** Exactly so many of them; at least one unless said. */
      times: v.optional(count),
    }),
  ),
  reply: v.optional(v.strictObject({ contains: filled })),
  /** By the workflow, on the newest pull request of a branch. */
  comment: v.optional(v.strictObject({ 'pull-request': filled, contains: filled, times: v.optional(count) })),
  /** Open, from the branch; all of the texts stand in its title or its description. */
  'pull-request': v.optional(
    v.strictObject({
      branch: filled,
      into: v.optional(filled),
      by: v.optional(filled),
      contains: v.optional(v.array(filled), []),
    }),
  ),
  /** By the workflow: one issue, and no other, whose title or description has the text. */
  issue: v.optional(v.strictObject({ state: v.picklist(['open', 'closed']), contains: filled })),
  tag: v.optional(v.strictObject({ name: filled, on: filled })),
  'not-tagged': v.optional(v.strictObject({ name: filled })),
  release: v.optional(
    v.strictObject({ tag: filled, draft: v.optional(v.boolean(), false), asset: v.optional(filled) }),
  ),
  ancestor: v.optional(v.strictObject({ branch: filled, of: filled })),
  'not-ancestor': v.optional(v.strictObject({ branch: filled, of: filled })),
};

export const expectation = v.pipe(
  v.strictObject({ ...runKinds, ...deliveryKinds, ...releaseKinds }),
  v.check((value) => given(value, expectationKinds) === 1, `exactly one of ${expectationKinds.join(', ')}`),
);

export type Expectation = v.InferOutput<typeof expectation>;
/** What an expectation of one kind says. */
export type Wanted<K extends (typeof expectationKinds)[number]> = NonNullable<Expectation[K]>;
