// The shapes of record and entry, checked strictly: what comes from an artifact is a claim. Published as JSON Schemas.
import * as valibot from 'valibot';
import { ActionError } from './errors.js';
import type { Failure } from './failure.js';
import type { DeliveryRecord, Entry } from './record.js';

/** Taken whole: what is used of it differs by bundle, and chunks that differ are not shared among them. */
const v = valibot;

const stage = v.picklist(['images', 'machine-images', 'plan', 'approval', 'deploy', 'finish', 'notify']);
const digest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));
const text = v.pipe(v.string(), v.maxLength(4096));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const address = v.nullable(v.pipe(v.string(), v.maxLength(2048)));

const platformSize = v.strictObject({
  platform: name,
  compressed: count,
  uncompressed: count,
  digest: v.exactOptional(digest),
});

const image = v.strictObject({
  name,
  digest,
  reference: v.nullable(v.pipe(v.string(), v.regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/))),
  tags: v.array(name),
  key: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  platforms: v.array(platformSize),
  verdict: v.exactOptional(v.picklist(['pass', 'warn', 'fail'])),
  reusedFrom: address,
});

const percent = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(100)));

const analysis = v.strictObject({
  percent,
  observed: percent,
  requests: count,
  errors: count,
  p: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  verdict: v.picklist(['pass', 'fail', 'not-enough-data']),
  reason: text,
});

const deployment = v.strictObject({
  target: name,
  environment: name,
  service: name,
  image: text,
  digest,
  replaced: v.nullable(text),
  instances: count,
  outcome: v.picklist(['deployed', 'unchanged', 'undone', 'failed']),
  url: address,
  analyses: v.exactOptional(v.pipe(v.array(analysis), v.maxLength(64))),
});

const test = v.strictObject({ name, stage, outcome: v.picklist(['passed', 'failed']), detail: text });
const timing = v.strictObject({
  stage,
  leg: text,
  step: name,
  seconds: v.pipe(v.number(), v.finite(), v.minValue(0)),
});

const machineImage = v.strictObject({
  template: name,
  builder: name,
  type: text,
  region: text,
  id: text,
  artifactId: text,
  files: v.array(
    v.strictObject({ path: text, size: count, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
  ),
});

const plan = v.strictObject({
  directory: text,
  workspace: name,
  environment: name,
  outcome: v.picklist(['planned', 'applied']),
  fileDigest: digest,
  meaningDigest: digest,
  add: count,
  change: count,
  destroy: count,
  artifact: v.nullable(name),
});

const configuration = v.strictObject({ environment: name, digest, members: v.record(name, digest) });

const approval = v.strictObject({
  environment: name,
  subject: digest,
  decision: v.picklist(['approved', 'rejected', 'timed-out', 'superseded', 'pending', 'error']),
  url: v.pipe(v.string(), v.maxLength(2048)),
  deadline: v.pipe(v.string(), v.isoTimestamp()),
  approvers: v.array(
    v.strictObject({ login: name, group: name, at: v.pipe(v.string(), v.isoTimestamp()), comment: text }),
  ),
});

const parts = {
  images: v.array(image),
  machineImages: v.array(machineImage),
  plans: v.array(plan),
  configurations: v.array(configuration),
  approvals: v.array(approval),
  deployments: v.array(deployment),
  tests: v.array(test),
  timings: v.array(timing),
};

const flow = v.strictObject({
  application: name,
  repository: v.pipe(v.string(), v.regex(/^[^/\s]+\/[^/\s]+$/)),
  event: name,
  ref: text,
  branchKind: name,
  version: v.nullable(name),
  commit: v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/)),
  tree: v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/)),
  actor: text,
  run: v.strictObject({ id: count, attempt: count, url: text }),
});

const imageSchema = image;

const failure = v.strictObject({
  code: name,
  message: v.string(),
  hint: v.string(),
  file: v.exactOptional(v.pipe(text, v.description("Where the cause stands, from the repository's root."))),
  line: v.exactOptional(v.pipe(count, v.minValue(1))),
  excerpt: v.exactOptional(v.pipe(text, v.description('The last lines that the failing command printed.'))),
});

export const entrySchema = v.pipe(
  v.strictObject({
    schemaVersion: v.literal(1),
    stage,
    name,
    leg: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/), v.description('Names the leg in artifact names.')),
    attempt: v.pipe(count, v.minValue(1)),
    result: v.picklist(['success', 'failure', 'cancelled']),
    cause: v.nullable(failure),
    parts: v.exactOptional(v.strictObject(v.entriesFromObjects([v.partial(v.strictObject(parts))])), {}),
  }),
  v.title('Entry of a delivery record'),
  v.description('What one leg of a stage leaves behind, whatever its result.'),
);

export const recordSchema = v.pipe(
  v.strictObject({ schemaVersion: v.literal(1), flow, ...parts }),
  v.title('Delivery record'),
  v.description(
    'From commit to deployment: digests and names only. Its SHA-256 in RFC 8785 form is its name.',
  ),
);

/** @throws {ActionError} `invalid-record` */
export function checkEntry(value: unknown): Entry {
  return check(entrySchema, value, 'entry') as Entry;
}

/** @throws {ActionError} `invalid-record` */
export function checkRecord(value: unknown): DeliveryRecord {
  return check(recordSchema, value, 'record');
}

/** What an action says of its failure; null for anything else. */
export function readFailure(value: unknown): Failure | null {
  const result = v.safeParse(failure, value, { abortEarly: true });
  return result.success ? result.output : null;
}

/** @throws {ActionError} `invalid-record` */
export function checkImage(value: unknown): valibot.InferOutput<typeof imageSchema> {
  return check(imageSchema, value, 'image');
}

function check<T extends valibot.GenericSchema>(
  schema: T,
  value: unknown,
  what: string,
): valibot.InferOutput<T> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? what;
  throw new ActionError({
    code: 'invalid-record',
    message: `${what}: ${path}: ${issue.message}`,
    hint: `Use the same release of Headgate for every job of a run; schemaVersion 1 is read here.`,
  });
}
