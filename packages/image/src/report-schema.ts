// The JSON Schema (2020-12) of an image report; members may be added, none is taken away within a version.
import { budgetNames } from './budget-form.js';
import { measures } from './measured-image.js';
import { policyClasses } from './policy-classes.js';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };
const flag: Schema = { type: 'boolean' };
const line: Schema = { type: ['integer', 'null'], minimum: 1 };

function oneOf(values: readonly string[]): Schema {
  return { enum: values };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** Every member is there, always. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', required: Object.keys(properties), properties };
}

const share = { digest: text, layerIndex: count, createdBy: text, line, compressed: count };
const layerShare = object({ ...share, uncompressed: orNull(count) });

const finding = object({
  class: oneOf(policyClasses),
  level: oneOf(['error', 'warn', 'note']),
  path: text,
  what: text,
  layer: orNull(text),
  layerIndex: orNull(count),
  line,
  bytes: count,
  count,
  hidden: flag,
  base: flag,
  examples: list(text),
});

const layerPlace = object({
  kind: { const: 'layer' },
  layer: text,
  layerIndex: count,
  path: orNull(text),
  hidden: flag,
  gzip: flag,
});
const documentPlace = object({ kind: { const: 'document' }, document: text, pointer: orNull(text) });
const secret = object({
  secret: text,
  encodings: list(oneOf(['raw', 'line', 'base64', 'base64url', 'url', 'hex', 'json'])),
  place: { oneOf: [layerPlace, documentPlace] },
});

const budget = object({
  budget: oneOf(budgetNames),
  platform: text,
  measure: orNull(oneOf(measures)),
  outcome: oneOf(['pass', 'warn', 'fail', 'neutral']),
  actual: { type: ['number', 'null'] },
  limit: text,
  text,
});

const growth = object({
  layers: list(
    object({
      ...share,
      uncompressed: orNull(count),
      change: oneOf(['new', 'changed']),
      grown: { type: 'integer' },
    }),
  ),
  removed: list(text),
  files: orNull(list(object({ path: text, before: count, now: count }))),
});

const platform = object({
  platform: text,
  compressed: count,
  uncompressed: count,
  layers: list(object({ ...share, uncompressed: count, base: flag })),
  findings: list(finding),
  allowed: list(object({ path: text, reason: text, count, bytes: count })),
  unusedAllowances: list(text),
  secrets: list(secret),
  budgets: list(budget),
  largestLayers: list(layerShare),
  largestFiles: list(object({ path: text, layerIndex: count, bytes: count })),
  growth: orNull(growth),
});

export const reportSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Headgate image report',
  ...object({
    schemaVersion: { const: 1 },
    image: text,
    digest: text,
    dockerfile: orNull(text),
    verdict: oneOf(['pass', 'warn', 'fail']),
    reasons: list(
      object({
        kind: oneOf(['secret', 'policy', 'budget']),
        level: oneOf(['warn', 'fail']),
        platform: text,
        line,
        text,
      }),
    ),
    measure: oneOf(measures),
    baseline: object({ name: orNull(text), missing: orNull(text) }),
    platforms: list(platform),
    skippedSecrets: list(object({ secret: text, reason: text })),
    limitedLayers: list(text),
  }),
};
