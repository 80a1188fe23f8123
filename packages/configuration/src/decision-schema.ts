// The decision as a schema: published as JSON Schema, and how `collect` reads what `decide` wrote.
import * as v from 'valibot';
import type { Decision, JsonValue } from './decision.js';

const stages = ['images', 'machine-images', 'plan', 'approval', 'deploy', 'finish', 'notify'] as const;
const branchKinds = [
  'feature',
  'development',
  'release',
  'hotfix',
  'production',
  'support',
  'pull-request',
  'other',
] as const;

const objectName = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/));
const nullableText = v.nullable(v.string());

const json: v.GenericSchema<JsonValue> = v.lazy(() =>
  v.union([v.null(), v.boolean(), v.number(), v.string(), v.array(json), v.record(v.string(), json)]),
);

const settings = v.pipe(v.record(v.string(), json), v.description("Inputs of the stage's action, by name."));

const leg = v.object({
  stage: v.picklist(stages),
  name: v.pipe(v.string(), v.nonEmpty()),
  leg: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/), v.description('Names the leg in artifact names.')),
  settings,
});

export const decisionSchema = v.pipe(
  v.object({
    schemaVersion: v.literal(1),
    application: v.string(),
    event: v.string(),
    ref: v.string(),
    branch: v.string(),
    branchKind: v.picklist(branchKinds),
    version: nullableText,
    commit: objectName,
    tree: objectName,
    attempt: v.pipe(v.number(), v.integer(), v.minValue(1)),
    trusted: v.boolean(),
    publish: v.boolean(),
    environment: nullableText,
    environmentUrl: nullableText,
    replaces: nullableText,
    nothing: nullableText,
    stages: v.array(v.object({ stage: v.picklist(stages), expected: v.boolean(), reason: v.string() })),
    evidence: v.picklist(['none', 'verify', 'promote', 'restore']),
    images: v.array(leg),
    machineImages: v.array(leg),
    plans: v.array(leg),
    shownPlans: v.array(leg),
    approval: v.nullable(leg),
    review: nullableText,
    targets: v.array(leg),
    preview: v.nullable(v.object({ ...leg.entries, runner: v.array(v.string()) })),
    freeze: v.array(v.object({ from: v.string(), until: v.string(), reason: v.string() })),
    finish: v.object({ promote: v.boolean(), forecast: v.boolean() }),
    drift: v.boolean(),
    notifications: v.object({
      'approval-requested': v.exactOptional(settings),
      deployed: v.exactOptional(settings),
      released: v.exactOptional(settings),
      failed: v.exactOptional(settings),
    }),
    notices: v.array(v.string()),
  }),
  v.title('Headgate decision'),
  v.description('What one event means for one repository.'),
);

/** The decision in a text; null when it is none. */
export function parseDecision(text: string): Decision | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const result = v.safeParse(decisionSchema, value);
  return result.success ? result.output : null;
}
