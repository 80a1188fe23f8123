// The inputs of the action, typed; everything that can be judged without asking anybody is judged here.
import { InputError } from '@headgate/kit/errors';
import { commonInputs, type InputReader, type InputSpecs } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { type EnvironmentSecrets, parseEnvironmentSecrets } from './environment-secrets.js';
import { readSource, type Source } from './image-source.js';
import { parseTests, type TestRequest } from './test-inputs.js';

export const inputSpecs = {
  ...commonInputs,
  environment: { default: '', required: true },
  target: { default: '', required: true },
  application: { default: '' },
  'compose-file': { default: 'compose.yaml' },
  service: { default: '', required: true },
  image: { default: '' },
  'image-name': { default: '' },
  'record-artifact-id': { default: '' },
  'record-digest': { default: '' },
  subject: { default: '' },
  'configuration-digest': { default: '' },
  port: { default: '', required: true },
  instances: { default: '1' },
  transport: { default: 'local' },
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
  'lock-expiry': { default: '30m' },
  force: { default: 'false' },
  tests: { default: '' },
  vars: { default: '' },
  'environment-secrets': { default: '' },
  'deploy-secrets': { default: '' },
  'registry-username': { default: '' },
  'environment-url': { default: '' },
  'github-token': { default: '' },
} as const satisfies InputSpecs;

export const outputNames = ['deployment-id', 'outcome', 'digest', 'replaced', 'instances'] as const;

export interface Inputs {
  /** The target's name unless given. */
  readonly leg: string;
  readonly environment: string;
  readonly target: string;
  /** '' : the repository's name. */
  readonly application: string;
  readonly composeFile: string;
  readonly service: string;
  readonly source: Source;
  readonly port: number;
  readonly instances: number;
  /** '' : DOCKER_HOST, else the system's socket. */
  readonly engine: string;
  readonly proxySocket: string;
  readonly proxyBackend: string;
  readonly healthPath: string;
  /** Milliseconds, all of them. */
  readonly healthInterval: number;
  readonly healthDeadline: number;
  readonly settle: number;
  readonly drainDeadline: number;
  readonly stopGrace: number;
  readonly engineDeadline: number;
  readonly lockExpiry: number;
  readonly lockDirectory: string;
  readonly force: boolean;
  readonly tests: readonly TestRequest[];
  readonly vars: ReadonlyMap<string, string>;
  readonly environmentSecrets: EnvironmentSecrets;
  readonly deploySecrets: SecretMap;
  readonly registryUsername: string;
  readonly environmentUrl: string;
  readonly githubToken: string;
}

type Reader = InputReader<string>;

/** @throws {InputError} naming the input. */
export function readInputs(reader: Reader): Inputs {
  const deploySecrets = reader.secretMap('deploy-secrets');
  reader.choice('transport', ['local']);
  const target = matching(reader, 'target', name, 'letters, digits, ., _ and -');
  return {
    leg: reader.optional('leg') ?? target,
    environment: matching(reader, 'environment', /^[^\n\r]{1,255}$/, 'one line of at most 255 characters'),
    target,
    application: matching(reader, 'application', optionalName, 'letters, digits, ., _ and -'),
    composeFile: reader.text('compose-file'),
    service: matching(reader, 'service', name, 'letters, digits, ., _ and -'),
    source: readSource(reader),
    port: reader.integer('port', { min: 1, max: 65_535 }),
    instances: reader.integer('instances', { min: 1, max: 64 }),
    engine: matching(reader, 'engine', engineAddress, 'a socket path, unix://… or tcp://…'),
    proxySocket: matching(reader, 'proxy-socket', /^\/[^\n\r\0]+$/, 'an absolute path'),
    // Goes into a command of the proxy's line protocol, where ; and line breaks begin another command.
    proxyBackend: matching(
      reader,
      'proxy-backend',
      optionalName,
      'a backend’s name: letters, digits, ., _, : and -',
    ),
    healthPath: matching(reader, 'health-path', /^\/[\x21-\x7e]*$/, 'a path beginning with /'),
    healthInterval: positive(reader, 'health-interval'),
    healthDeadline: positive(reader, 'health-deadline'),
    settle: reader.duration('settle'),
    drainDeadline: reader.duration('drain-deadline'),
    stopGrace: reader.duration('stop-grace'),
    engineDeadline: positive(reader, 'engine-deadline'),
    lockExpiry: positive(reader, 'lock-expiry'),
    lockDirectory: matching(reader, 'lock-directory', /^\/[^\n\r\0]+$/, 'an absolute path'),
    force: reader.boolean('force'),
    tests: parseTests(reader.yaml('tests')),
    vars: reader.keyValues('vars'),
    environmentSecrets: readEnvironmentSecrets(reader),
    deploySecrets,
    registryUsername: reader.text('registry-username'),
    environmentUrl: matching(reader, 'environment-url', /^(https?:\/\/[^\s]+)?$/, 'an http or https address'),
    githubToken: reader.text('github-token'),
  };
}

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const engineAddress = /^((unix:\/\/)?\/[^\s]+|(tcp|http):\/\/[^\s/]+\/?)?$/;
const optionalName = /^([A-Za-z0-9][A-Za-z0-9._:-]{0,127})?$/;

function readEnvironmentSecrets(reader: Reader): EnvironmentSecrets {
  const input = 'environment-secrets';
  return parseEnvironmentSecrets(reader.raw(input).value, () => reader.list(input));
}

function matching(reader: Reader, input: string, pattern: RegExp, wanted: string): string {
  const text = reader.text(input);
  if (pattern.test(text)) return text;
  throw new InputError(
    input,
    `${wanted} was expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    `Write ${wanted}.`,
  );
}

function positive(reader: Reader, input: string): number {
  const ms = reader.duration(input);
  if (ms > 0) return ms;
  throw new InputError(input, 'a time longer than 0 was expected', 'Write for example 1s.');
}
