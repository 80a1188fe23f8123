// The inputs of docker-multistage-build: their defaults as in action.yml, and their typed form.
import { commonInputs, type InputReader } from '@headgate/kit/inputs';
import { type ImageName, parseImageName, parseTags } from '@headgate/kit/registry/reference';
import type { SecretMap } from '@headgate/kit/secrets';
import { checkForm, checkNames, checkTogether } from './input-checks.js';
import { refuseSecretArguments } from './secret-arguments.js';
import { type BuildSecret, parseBuildSecrets } from './secret-sources.js';

export const inputSpecs = {
  ...commonInputs,
  context: { default: '.' },
  file: { default: 'Dockerfile' },
  target: { default: '' },
  'test-targets': { default: '' },
  'build-args': { default: '' },
  'build-contexts': { default: '' },
  network: { default: '' },
  platforms: { default: '' },
  labels: { default: '' },
  secrets: { default: '' },
  'build-secrets': { default: '' },
  image: { default: '' },
  'registry-username': { default: '' },
  tags: { default: '' },
  'moving-tags': { default: '' },
  publish: { default: 'false' },
  'image-key': { default: '' },
  'github-token': { default: '' },
  deadline: { default: '60m' },
} as const;

export type InputName = keyof typeof inputSpecs;

export const outputNames = [
  'image-ref',
  'digest',
  'tags',
  'compressed-size',
  'uncompressed-size',
  'image-key',
  'reused',
  'evidence-file',
  'evidence-name',
  'entry-file',
  'leg-id',
  'result',
] as const;

export interface Inputs {
  /** The leg's name; the repository's last part or `image` when used alone. */
  readonly leg: string;
  readonly context: string;
  readonly file: string;
  /** Empty for the last stage. */
  readonly target: string;
  readonly testTargets: readonly string[];
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly buildContexts: ReadonlyMap<string, string>;
  readonly network: string;
  readonly platforms: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly secrets: readonly BuildSecret[];
  readonly buildSecrets: SecretMap;
  readonly image: ImageName | null;
  readonly registryUsername: string | null;
  readonly tags: readonly string[];
  readonly movingTags: readonly string[];
  readonly publish: boolean;
  readonly imageKey: string | null;
  readonly githubToken: string | null;
  /** Milliseconds for gates and build together. */
  readonly deadlineMs: number;
}

/**
 * Reads and checks every input; nothing is done before all of them are right.
 * @throws InputError naming the input
 */
export function readInputs(reader: InputReader<InputName>): Inputs {
  const buildSecrets = reader.secretMap('build-secrets');
  const imageText = reader.optional('image');
  const image = imageText === null ? null : parseImageName(imageText);
  const inputs: Inputs = {
    leg: reader.optional('leg') ?? image?.repository.split('/').at(-1) ?? 'image',
    context: reader.text('context'),
    file: reader.text('file'),
    target: checkForm('target', reader.text('target')),
    testTargets: reader.list('test-targets').map((name) => checkForm('test-targets', name)),
    buildArgs: checkNames('build-args', reader.keyValues('build-args')),
    buildContexts: reader.keyValues('build-contexts'),
    network: readNetwork(reader),
    platforms: reader.list('platforms').map((name) => checkForm('platforms', name)),
    labels: reader.keyValues('labels'),
    secrets: parseBuildSecrets(readSecretSources(reader)),
    buildSecrets,
    image,
    registryUsername: reader.optional('registry-username'),
    tags: parseTags('tags', reader.list('tags')),
    movingTags: parseTags('moving-tags', reader.list('moving-tags')),
    publish: reader.boolean('publish'),
    imageKey: reader.optional('image-key'),
    githubToken: reader.optional('github-token'),
    deadlineMs: reader.duration('deadline'),
  };
  checkTogether(inputs);
  refuseSecretArguments(inputs);
  return inputs;
}

function readNetwork(reader: InputReader<InputName>): string {
  return reader.text('network') === '' ? '' : reader.choice('network', ['default', 'host', 'none']);
}

/** Settings give an object whose members may be `{secret: NAME}`; an input gives lines. */
function readSecretSources(reader: InputReader<InputName>): ReadonlyMap<string, unknown> {
  const { from, value } = reader.raw('secrets');
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return from === 'settings' && isObject ? new Map(Object.entries(value)) : reader.keyValues('secrets');
}
