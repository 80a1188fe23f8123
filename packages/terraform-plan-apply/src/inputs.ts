// The inputs of the action, typed; everything that can be judged without asking anybody is judged here.
import { commonInputs } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { type PlanSource, readPlanSource } from './approved-plan.js';
import { digest, matching, positive, type Reader } from './input-forms.js';
import { readMachineImagesVariable } from './machine-images.js';
import { environmentNames, readBackendConfig, readSecretEnvironment } from './passed-on.js';
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
  'machine-images-variable': { default: '' },
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
  'failure-comment': { default: 'false' },
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
  'errored-state',
  'errored-state-artifact-name',
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
  /** The variable that gets the record's machine images in mode plan; empty for none. */
  readonly machineImagesVariable: string;
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
  readonly failureComment: boolean;
}

/** The stage of the entry, known before the inputs are read: a leg with a wrong input leaves an entry too. */
export function stageOf(env: Readonly<Record<string, string | undefined>>): 'plan' | 'deploy' {
  const mode = env['INPUT_MODE'] || /"mode":\s*"(\w+)"/.exec(env['INPUT_SETTINGS'] ?? '')?.[1];
  return mode === 'apply' ? 'deploy' : 'plan';
}

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
    machineImagesVariable: readMachineImagesVariable(reader, mode),
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
    configurationDigest: digest(reader, 'configuration-digest'),
    githubToken: reader.text('github-token'),
    failureComment: reader.boolean('failure-comment'),
  };
}
