// The inputs of the action, typed; everything that can be judged without asking anybody is judged here.
import { InputError } from '@headgate/kit/errors';
import { commonInputs, type InputReader } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { refusedVariable } from './child-variables.js';
import { readVariables, type Variables } from './variables.js';

export const inputSpecs = {
  ...commonInputs,
  mode: { default: '', required: true },
  tool: { default: 'terraform' },
  environment: { default: '', required: true },
  directory: { default: '.' },
  workspace: { default: 'default' },
  'var-files': { default: '' },
  variables: { default: '' },
  'secret-variables': { default: '' },
  'backend-config': { default: '' },
  'pass-environment': { default: '' },
  'secret-environment': { default: '' },
  'deploy-secrets': { default: '' },
  seal: { default: 'false' },
  lock: { default: 'true' },
  'lock-timeout': { default: '5m' },
  deadline: { default: '1h' },
  'cancel-wait': { default: '4m' },
  comment: { default: 'true' },
  'plan-run-id': { default: '' },
  'plan-artifact-id': { default: '' },
  'sealed-plan': { default: '' },
  'plan-digest': { default: '' },
  'record-artifact-id': { default: '' },
  'record-digest': { default: '' },
  subject: { default: '' },
  'configuration-digest': { default: '' },
  'github-token': { default: '' },
} as const;

export const outputNames = [
  'changes',
  'add',
  'change',
  'destroy',
  'plan-file-digest',
  'meaning-digest',
  'sealed-plan',
  'plan-artifact-name',
  'applied',
  'infrastructure-outputs',
  'lock-id',
] as const;

export interface Inputs {
  readonly mode: 'plan' | 'apply';
  readonly tool: 'terraform' | 'tofu';
  /** Empty when not given: the directory and workspace name the leg then. */
  readonly leg: string;
  readonly environment: string;
  /** Relative to the workspace of the job. */
  readonly directory: string;
  readonly workspace: string;
  readonly varFiles: readonly string[];
  readonly variables: Variables;
  readonly backendConfig: ReadonlyMap<string, string>;
  readonly passEnvironment: readonly string[];
  /** Environment variable → name in `environment` of deploy-secrets. */
  readonly secretEnvironment: ReadonlyMap<string, string>;
  readonly deploySecrets: SecretMap;
  readonly seal: boolean;
  readonly lock: boolean;
  /** Milliseconds, all three. */
  readonly lockTimeout: number;
  readonly deadline: number;
  readonly cancelWait: number;
  readonly comment: boolean;
  readonly plan: PlanSource;
  readonly subject: string;
  readonly configurationDigest: string;
  readonly githubToken: string;
}

/** Where an apply finds its plan, and what was approved. */
export interface PlanSource {
  /** Null: this run. */
  readonly runId: number | null;
  /** Null: found by name in the run. */
  readonly artifactId: number | null;
  /** A downloaded file, relative to the workspace of the job; null: from the artifact. */
  readonly file: string | null;
  /** `sha256:…`; null: from the record. */
  readonly digest: string | null;
  readonly recordArtifactId: string;
  readonly recordDigest: string;
}

/** The stage of the entry, known before the inputs are read: a leg with a wrong input leaves an entry too. */
export function stageOf(env: Readonly<Record<string, string | undefined>>): 'plan' | 'deploy' {
  const mode = env['INPUT_MODE'] || /"mode":\s*"(\w+)"/.exec(env['INPUT_SETTINGS'] ?? '')?.[1];
  return mode === 'apply' ? 'deploy' : 'plan';
}

type Reader = InputReader<string>;
const digestPattern = /^(sha256:[0-9a-f]{64})?$/;

/** @throws {InputError} naming the input. */
export function readInputs(reader: Reader): Inputs {
  const deploySecrets = reader.secretMap('deploy-secrets');
  const mode = reader.choice('mode', ['plan', 'apply']);
  return {
    mode,
    tool: reader.choice('tool', ['terraform', 'tofu']),
    leg: reader.text('leg'),
    environment: matching(reader, 'environment', /^[^\n\r]{1,255}$/, 'one line of at most 255 characters'),
    directory: reader.text('directory'),
    workspace: matching(
      reader,
      'workspace',
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,89}$/,
      'letters, digits, ., _ and -',
    ),
    varFiles: reader.list('var-files'),
    variables: readVariables(reader),
    backendConfig: readBackendConfig(reader),
    passEnvironment: environmentNames('pass-environment', reader.list('pass-environment')),
    secretEnvironment: readSecretEnvironment(reader),
    deploySecrets,
    seal: reader.boolean('seal'),
    lock: reader.boolean('lock'),
    lockTimeout: reader.duration('lock-timeout'),
    deadline: positive(reader, 'deadline'),
    cancelWait: positive(reader, 'cancel-wait'),
    comment: reader.boolean('comment'),
    plan: readPlanSource(reader, mode),
    subject: reader.text('subject'),
    configurationDigest: matching(reader, 'configuration-digest', digestPattern, 'sha256: and 64 hex digits'),
    githubToken: reader.text('github-token'),
  };
}

function readPlanSource(reader: Reader, mode: 'plan' | 'apply'): PlanSource {
  const digest = matching(reader, 'plan-digest', digestPattern, 'sha256: and 64 hex digits');
  const recordDigest = reader.text('record-digest');
  if (mode === 'apply' && digest === '' && recordDigest === '') {
    const hint = 'Set plan-digest to the approved digest, or record-artifact-id and record-digest.';
    throw new InputError('plan-digest', 'neither it nor a record was given', hint);
  }
  if (mode === 'apply' && reader.text('subject') !== '' && recordDigest === '') {
    const hint = 'Set record-artifact-id and record-digest.';
    throw new InputError('subject', 'it was given without a record to recompute it from', hint);
  }
  return {
    runId: id(reader, 'plan-run-id'),
    artifactId: id(reader, 'plan-artifact-id'),
    file: reader.optional('sealed-plan'),
    digest: digest === '' ? null : digest,
    recordArtifactId: reader.text('record-artifact-id'),
    recordDigest,
  };
}

function readBackendConfig(reader: Reader): ReadonlyMap<string, string> {
  const values = reader.keyValues('backend-config');
  for (const name of values.keys()) {
    if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) continue;
    throw new InputError(
      'backend-config',
      `${JSON.stringify(name)} is no attribute name`,
      'Write one NAME=VALUE a line.',
    );
  }
  return values;
}

function readSecretEnvironment(reader: Reader): ReadonlyMap<string, string> {
  const values = reader.keyValues('secret-environment');
  environmentNames('secret-environment', [...values.keys()]);
  return values;
}

function environmentNames(input: string, names: readonly string[]): readonly string[] {
  for (const name of names) {
    const why = refusedVariable(name);
    if (why !== null)
      throw new InputError(input, `${JSON.stringify(name)} is not passed on: ${why}`, `Remove ${name}.`);
  }
  return names;
}

function id(reader: Reader, input: string): number | null {
  return reader.text(input) === '' ? null : reader.integer(input, { min: 1 });
}

function matching(reader: Reader, input: string, pattern: RegExp, wanted: string): string {
  const text = reader.text(input);
  if (pattern.test(text)) return text;
  const found = JSON.stringify(text.slice(0, 80));
  throw new InputError(input, `${wanted} was expected, ${found} was found`, `Write ${wanted}.`);
}

function positive(reader: Reader, input: string): number {
  const ms = reader.duration(input);
  if (ms > 0) return ms;
  throw new InputError(input, 'a time longer than 0 was expected', 'Write for example 1h.');
}
