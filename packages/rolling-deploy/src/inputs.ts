// The inputs of the action, typed; everything that can be judged without asking anybody is judged here.
import { commonInputs, type InputSpecs } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { approverSpecs } from './approvers.js';
import { type EnvironmentSecrets, parseEnvironmentSecrets } from './environment-secrets.js';
import type { OnFailure } from './fleet.js';
import { type HookRequest, parseHooks } from './hook-inputs.js';
import { type HostPlace, type Hosts, readHosts } from './host-inputs.js';
import { noSource, readSource, type Source } from './image-source.js';
import { matching, name, optionalName, type Reader, requestPath, required } from './input-forms.js';
import { previewSpecs } from './preview-inputs.js';
import { readShape, type ShapeInputs } from './shape-inputs.js';
import type { SshAccess } from './ssh-access.js';
import type { Amount } from './strategy.js';
import { readStrategy, type StrategyInputs } from './strategy-inputs.js';
import { taskSpecs } from './task-inputs.js';
import { parseTests, type TestRequest } from './test-inputs.js';
import { readTimes, type TimeInputs } from './time-inputs.js';
import { parseWave } from './waves.js';

export const inputSpecs = {
  ...commonInputs,
  mode: { default: 'deploy' },
  environment: { default: '' },
  target: { default: '' },
  application: { default: '' },
  'compose-file': { default: 'compose.yaml' },
  service: { default: '' },
  image: { default: '' },
  'image-name': { default: '' },
  'record-artifact-id': { default: '' },
  'record-digest': { default: '' },
  subject: { default: '' },
  'configuration-digest': { default: '' },
  port: { default: '' },
  reach: { default: 'port' },
  instances: { default: '' },
  'allow-gap': { default: 'false' },
  strategy: { default: '' },
  transport: { default: 'local' },
  'ssh-host': { default: '' },
  'ssh-known-hosts': { default: '' },
  'ssh-key': { default: '' },
  hosts: { default: '' },
  wave: { default: '1' },
  'on-failure': { default: 'undo' },
  'on-cancel': { default: 'undo' },
  engine: { default: '' },
  'proxy-socket': { default: '/run/haproxy/admin.sock' },
  'proxy-backend': { default: '' },
  'health-path': { default: '/health' },
  'health-interval': { default: '1s' },
  'health-deadline': { default: '60s' },
  settle: { default: '5s' },
  'drain-deadline': { default: '30s' },
  'stop-grace': { default: '10s' },
  'engine-deadline': { default: '15s' },
  'lock-directory': { default: '/var/lock/headgate' },
  'lock-expiry': { default: '30s' },
  force: { default: 'false' },
  'rollback-to': { default: '' },
  'keep-releases': { default: '1' },
  hooks: { default: '' },
  tests: { default: '' },
  vars: { default: '' },
  'environment-secrets': { default: '' },
  'deploy-secrets': { default: '' },
  'registry-username': { default: '' },
  'verify-key': { default: '' },
  'environment-url': { default: '' },
  'github-token': { default: '' },
  ...approverSpecs,
  ...previewSpecs,
  ...taskSpecs,
} as const satisfies InputSpecs;

export const outputNames = [
  'deployment-id',
  'outcome',
  'digest',
  'replaced',
  'instances',
  'hosts',
  'url',
  'project',
  'removed',
  'changes',
  'plan',
  'exit-code',
  'files',
] as const;

/** Of the modes deploy, plan and reconcile. */
export interface Inputs extends ShapeInputs, StrategyInputs, TimeInputs {
  readonly mode: 'deploy' | 'plan' | 'reconcile';
  /** The target's name unless given. */
  readonly leg: string;
  readonly environment: string;
  readonly target: string;
  /** '' : the repository's name. */
  readonly application: string;
  readonly composeFile: string;
  readonly service: string;
  readonly source: Source;
  /** Of the first host, and of each one in its turn: see `inputsOf`. */
  readonly ssh: SshAccess | null;
  readonly engine: string;
  readonly proxySocket: string;
  readonly proxyBackend: string;
  readonly healthPath: string;
  readonly lockDirectory: string;
  /** At least one; the first is the gate for the others. */
  readonly hosts: Hosts;
  readonly wave: Amount;
  readonly onFailure: OnFailure;
  /** What becomes of a deployment whose step is cancelled or killed. */
  readonly onCancel: OnFailure;
  readonly force: boolean;
  /** Former releases whose containers stay, stopped. */
  readonly keepReleases: number;
  readonly hooks: readonly HookRequest[];
  readonly tests: readonly TestRequest[];
  readonly vars: ReadonlyMap<string, string>;
  readonly environmentSecrets: EnvironmentSecrets;
  readonly deploySecrets: SecretMap;
  readonly registryUsername: string;
  /** Public keys as PEM; '' : images need no signature. */
  readonly verifyKey: string;
  readonly environmentUrl: string;
  readonly githubToken: string;
}

/** @throws {InputError} naming the input. */
export function readInputs(reader: Reader): Inputs {
  const deploySecrets = reader.secretMap('deploy-secrets');
  required(reader, ['environment', 'target', 'service']);
  const target = matching(reader, 'target', name, 'letters, digits, ., _ and -');
  const hosts = readHosts(reader, target, deploySecrets);
  const mode = reader.choice('mode', ['deploy', 'plan', 'reconcile']);
  return {
    mode,
    leg: reader.optional('leg') ?? target,
    environment: matching(reader, 'environment', /^[^\n\r]{1,255}$/, 'one line of at most 255 characters'),
    target,
    application: matching(reader, 'application', optionalName, 'letters, digits, ., _ and -'),
    composeFile: reader.text('compose-file'),
    service: matching(reader, 'service', name, 'letters, digits, ., _ and -'),
    source: mode === 'reconcile' ? noSource : readSource(reader),
    ...readShape(reader),
    ...readStrategy(reader),
    ...placeIn(hosts[0]),
    hosts,
    wave: parseWave(reader.text('wave')),
    onFailure: reader.choice('on-failure', ['undo', 'hold']),
    onCancel: reader.choice('on-cancel', ['undo', 'hold']),
    healthPath: matching(reader, 'health-path', requestPath, 'a path beginning with /'),
    ...readTimes(reader),
    force: reader.boolean('force'),
    keepReleases: reader.integer('keep-releases', { min: 1, max: 20 }),
    hooks: parseHooks(reader.yaml('hooks'), reader.text('port') !== ''),
    tests: parseTests(reader.yaml('tests')),
    vars: reader.keyValues('vars'),
    environmentSecrets: readEnvironmentSecrets(reader),
    deploySecrets,
    registryUsername: reader.text('registry-username'),
    verifyKey: reader.text('verify-key'),
    environmentUrl: matching(reader, 'environment-url', optionalAddress, 'an http or https address'),
    githubToken: reader.text('github-token'),
  };
}

/** The same deployment as one of its hosts sees it. */
export function inputsOf(inputs: Inputs, host: HostPlace): Inputs {
  return { ...inputs, ...placeIn(host) };
}

function placeIn({ name: _, ...place }: HostPlace): Omit<HostPlace, 'name'> {
  return place;
}

const optionalAddress = /^(https?:\/\/[^\s]+)?$/;

function readEnvironmentSecrets(reader: Reader): EnvironmentSecrets {
  const input = 'environment-secrets';
  return parseEnvironmentSecrets(reader.raw(input).value, () => reader.list(input));
}
