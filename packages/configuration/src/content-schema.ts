// What an image must not ship and what it may weigh: the inputs `policy` and `budgets` of docker-multistage-build.
import { policyClasses, policyLevels } from '@headgate/image/policy-classes';
import * as v from 'valibot';
import { filled } from './schema-values.js';

const level = v.picklist(policyLevels);

const allowance = v.strictObject({
  path: v.pipe(filled, v.description("A glob from the image's root, such as usr/bin/make.")),
  reason: v.pipe(filled, v.description('Why it may stay.')),
  classes: v.optional(v.array(v.picklist(policyClasses))),
});

const levels = Object.fromEntries(policyClasses.map((each) => [each, v.optional(level)])) as Record<
  (typeof policyClasses)[number],
  v.OptionalSchema<typeof level, undefined>
>;

export const policySchema = v.pipe(
  v.strictObject({
    ...levels,
    base: v.optional(
      v.pipe(
        v.picklist(['lower', 'same', 'off']),
        v.description('What the base image brings: one level lower unless said.'),
      ),
    ),
    allow: v.optional(v.pipe(v.array(allowance), v.description('What may stay all the same.'))),
  }),
  v.description('What the image must not ship: vcs and secrets are errors, the rest warnings unless said.'),
);

const size = v.pipe(
  v.string(),
  v.regex(/^[0-9]{1,15}(?:\.[0-9]{1,3})? ?(?:[kKmMgGtT]i?)?[bB]$/, 'a size such as 20MB or 20MiB'),
);
const percent = v.union([
  v.pipe(v.number(), v.minValue(0, 'a percentage such as 5')),
  v.pipe(v.string(), v.regex(/^[0-9]{1,4}(?:\.[0-9]{1,3})?%?$/, 'a percentage such as 2.5%')),
]);
const layers = v.pipe(v.number(), v.integer('a whole number'), v.minValue(0, 'a whole number'));

function limits<S extends typeof size | typeof percent | typeof layers>(value: S) {
  return v.optional(v.union([value, v.strictObject({ warn: v.optional(value), fail: v.optional(value) })]));
}

export const budgetsSchema = v.pipe(
  v.strictObject({
    measure: v.optional(v.picklist(['compressed', 'uncompressed'])),
    size: limits(size),
    growth: limits(size),
    'growth-percent': limits(percent),
    layers: limits(layers),
  }),
  v.description('Limits for each platform: one value that fails, or warn and fail.'),
);

export const cacheName = v.pipe(
  v.string(),
  v.regex(
    /^(?:off|auto|gha|registry|local(?::\/[^\r\n\0]+)?)$/,
    'off, auto, gha, registry, local or local:/folder',
  ),
  v.description('Where the builder keeps its cache; off unless said.'),
);
