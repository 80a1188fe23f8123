// The inputs of the two modes about previews.
import { InputError } from '@headgate/kit/errors';
import type { InputSpecs } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { type EnvironmentSecrets, parseEnvironmentSecrets } from './environment-secrets.js';
import { type HostPlace, readHosts } from './host-inputs.js';
import type { RecordSource } from './image-source.js';
import { matching, optionalName, positive, type Reader, requestPath } from './input-forms.js';
import { type ChosenService, parseServices } from './preview-services.js';

export const previewSpecs = {
  services: { default: '' },
  'pull-request': { default: '' },
  address: { default: '' },
  bind: { default: '127.0.0.1' },
  ttl: { default: '72h' },
  most: { default: '5' },
  'dry-run': { default: 'false' },
} as const satisfies InputSpecs;

interface HostInputs {
  readonly leg: string;
  /** '' : the repository's name. */
  readonly application: string;
  /** The one machine that shows them. */
  readonly host: HostPlace;
  readonly engineDeadline: number;
  readonly lockExpiry: number;
  readonly stopGrace: number;
  /** Null: the event's. */
  readonly pullRequest: number | null;
  readonly githubToken: string;
}

export interface PreviewInputs extends HostInputs {
  readonly mode: 'preview';
  readonly composeFile: string;
  readonly services: readonly ChosenService[];
  /** Null when no image is one of the record's. */
  readonly record: RecordSource | null;
  /** With `{port}`, `{number}`, `{name}` and `{service}` to be filled in. */
  readonly address: string;
  readonly bind: string;
  /** Milliseconds, all of them. */
  readonly ttl: number;
  readonly healthInterval: number;
  readonly healthDeadline: number;
  readonly healthPath: string;
  readonly most: number;
  readonly vars: ReadonlyMap<string, string>;
  readonly environmentSecrets: EnvironmentSecrets;
  readonly deploySecrets: SecretMap;
  readonly registryUsername: string;
  /** Public keys as PEM; '' : images need no signature. */
  readonly verifyKey: string;
}

export interface ReapInputs extends HostInputs {
  readonly mode: 'preview-reap';
  /** Says what would go, and leaves it. */
  readonly dryRun: boolean;
}

/** @throws {InputError} naming the input */
export function readPreviewInputs(reader: Reader): PreviewInputs {
  const deploySecrets = reader.secretMap('deploy-secrets');
  const input = 'environment-secrets';
  return {
    mode: 'preview',
    ...readHostInputs(reader, deploySecrets),
    composeFile: reader.text('compose-file'),
    services: parseServices(reader.yaml('services')),
    record: readRecord(reader),
    address: readAddress(reader),
    bind: reader.choice('bind', ['127.0.0.1', '0.0.0.0']),
    ttl: positive(reader, 'ttl'),
    healthInterval: positive(reader, 'health-interval'),
    healthDeadline: positive(reader, 'health-deadline'),
    healthPath: matching(reader, 'health-path', requestPath, 'a path beginning with /'),
    most: reader.integer('most', { min: 1, max: 100 }),
    vars: reader.keyValues('vars'),
    environmentSecrets: parseEnvironmentSecrets(reader.raw(input).value, () => reader.list(input)),
    deploySecrets,
    registryUsername: reader.text('registry-username'),
    verifyKey: reader.text('verify-key'),
  };
}

/** @throws {InputError} naming the input */
export function readReapInputs(reader: Reader): ReapInputs {
  return {
    mode: 'preview-reap',
    ...readHostInputs(reader, reader.secretMap('deploy-secrets')),
    dryRun: reader.boolean('dry-run'),
  };
}

const addressForm = /^(https?:\/\/(?:[^\s{}]|\{(?:port|number|name|service)\})+)?$/;

function readAddress(reader: Reader): string {
  const address = matching(reader, 'address', addressForm, 'an http or https address');
  if (address !== '' || reader.text('transport') === 'local') return address;
  const hint = 'Write for example http://previews.example.com:{port}.';
  throw new InputError(
    'address',
    'it is needed with transport ssh: nobody reaches that machine as 127.0.0.1',
    hint,
  );
}

function readHostInputs(reader: Reader, secrets: SecretMap): HostInputs {
  const number = reader.text('pull-request');
  if (reader.text('hosts') !== '')
    throw new InputError('hosts', 'previews are shown on one machine', 'Leave hosts out in this mode.');
  const [host] = readHosts(reader, 'preview', secrets);
  return {
    leg: reader.optional('leg') ?? 'preview',
    application: matching(reader, 'application', optionalName, 'letters, digits, ., _ and -'),
    host,
    engineDeadline: positive(reader, 'engine-deadline'),
    lockExpiry: positive(reader, 'lock-expiry'),
    stopGrace: reader.duration('stop-grace'),
    pullRequest: number === '' ? null : reader.integer('pull-request', { min: 1 }),
    githubToken: reader.text('github-token'),
  };
}

function readRecord(reader: Reader): RecordSource | null {
  const [artifactId, digest] = [reader.text('record-artifact-id'), reader.text('record-digest')];
  if ((artifactId === '') === (digest === '')) return artifactId === '' ? null : { artifactId, digest };
  const missing = artifactId === '' ? 'record-artifact-id' : 'record-digest';
  throw new InputError(missing, 'it is needed with the other of the two', `Set ${missing} as well.`);
}
