// The inputs of docker-multistage-build: their defaults as in action.yml, and their typed form.
import { commonInputs, type InputReader } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { readAttestations } from './attestations.js';
import { type BuildOptions, optionSpecs, readBuildOptions } from './build-options.js';
import { readCache } from './cache-inputs.js';
import type { CachePreset } from './cache-preset.js';
import { parseEpoch, type WantedEpoch } from './epoch.js';
import { type GoalInputs, goalSpecs, readGoals } from './goal-inputs.js';
import { checkContext, checkForm, checkNames, checkTogether } from './input-checks.js';
import { readList, readPairs } from './input-list.js';
import { type PublishInputs, readPublishInputs } from './publish-inputs.js';
import { refuseSecretArguments } from './secret-arguments.js';
import { type BuildSecret, readBuildSecrets } from './secret-sources.js';
import { parseTargets, type TargetInputs } from './several-inputs.js';

export const inputSpecs = {
  ...commonInputs,
  mode: { default: 'build' },
  context: { default: '.' },
  file: { default: 'Dockerfile' },
  target: { default: '' },
  targets: { default: '' },
  'test-targets': { default: '' },
  'test-results': { default: '' },
  'skipped-stages': { default: '' },
  'build-args': { default: '' },
  'build-contexts': { default: '' },
  network: { default: '' },
  platforms: { default: '' },
  labels: { default: '' },
  secrets: { default: '' },
  'secret-files': { default: '' },
  'secret-envs': { default: '' },
  'build-secrets': { default: '' },
  image: { default: '' },
  'registry-username': { default: '' },
  tags: { default: '' },
  'moving-tags': { default: '' },
  'ref-tags': { default: 'false' },
  publish: { default: '' },
  push: { default: '' },
  'image-ref': { default: '' },
  policy: { default: '' },
  budgets: { default: '' },
  baseline: { default: '' },
  'report-comment': { default: 'false' },
  provenance: { default: '' },
  sbom: { default: '' },
  attests: { default: '' },
  'source-date-epoch': { default: '' },
  'image-key': { default: '' },
  'github-token': { default: '' },
  'failure-comment': { default: 'false' },
  deadline: { default: '60m' },
  ...optionSpecs,
  ...goalSpecs,
} as const;

export type InputName = keyof typeof inputSpecs;

export const outputNames = [
  'image-ref',
  'digest',
  'images',
  'image-id',
  'imageid',
  'metadata',
  'platform-digests',
  'sizes',
  'plan',
  'verdict',
  'report',
  'sarif',
  'test-results',
  'build-record',
  'tags',
  'signature',
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

export interface Inputs extends PublishInputs, GoalInputs {
  /** `promote` builds nothing: it gives what `imageRef` names further tags or another repository. */
  readonly mode: 'build' | 'promote';
  /** The leg's name; the repository's last part or `image` when used alone. */
  readonly leg: string;
  readonly context: string;
  readonly file: string;
  /** Empty for the last stage. */
  readonly target: string;
  /** Several images instead of one; empty for one. */
  readonly targets: readonly TargetInputs[];
  readonly testTargets: readonly string[];
  /** Stages whose files are what tests have left. */
  readonly testResults: readonly string[];
  /** Stages named like a check that are not meant to run. */
  readonly skippedStages: readonly string[];
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly buildContexts: ReadonlyMap<string, string>;
  readonly network: string;
  readonly platforms: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly secrets: readonly BuildSecret[];
  readonly buildSecrets: SecretMap;
  /** Adds the tags that the run's ref stands for. */
  readonly refTags: boolean;
  readonly registryUsername: string | null;
  readonly imageKey: string | null;
  readonly githubToken: string | null;
  readonly failureComment: boolean;
  /** Milliseconds for gates and build together. */
  readonly deadlineMs: number;
  /** Image or digest to promote; empty otherwise. */
  readonly imageRef: string;
  /** As YAML; `readContentRules` judges them before anything is started. */
  readonly policy: unknown;
  readonly budgets: unknown;
  /** Tag of `image`, or a full reference; empty for none. */
  readonly baseline: string;
  /** Tells the pull request what the image holds. */
  readonly reportComment: boolean;
  readonly options: BuildOptions;
  /** Where the cache comes from and goes to, where `options` does not say it. */
  readonly cache: CachePreset;
  readonly epoch: WantedEpoch;
}

/**
 * Reads and checks every input; nothing is done before all of them are right.
 * @throws InputError naming the input
 */
export function readInputs(reader: InputReader<InputName>): Inputs {
  const buildSecrets = reader.secretMap('build-secrets');
  const publication = readPublishInputs(reader);
  const buildArgs = checkNames('build-args', readPairs(reader, 'build-args'));
  const names = { comma: 'separates' } as const;
  const platforms = readList(reader, 'platforms', names).map((name) => checkForm('platforms', name));
  const labels = readPairs(reader, 'labels');
  const shared = { ...publication, buildArgs, platforms, labels };
  const inputs: Inputs = {
    ...shared,
    targets: parseTargets(reader.yaml('targets'), shared),
    mode: reader.choice('mode', ['build', 'promote']),
    leg: reader.optional('leg') ?? publication.image?.repository.split('/').at(-1) ?? 'image',
    context: checkContext(reader.text('context')),
    file: reader.text('file'),
    target: checkForm('target', reader.text('target')),
    ...readStages(reader),
    buildContexts: readPairs(reader, 'build-contexts'),
    network: readNetwork(reader),
    secrets: readBuildSecrets(reader, buildSecrets.group('build').size > 0),
    buildSecrets,
    refTags: reader.boolean('ref-tags'),
    registryUsername: reader.optional('registry-username'),
    imageKey: reader.optional('image-key'),
    githubToken: reader.optional('github-token'),
    failureComment: reader.boolean('failure-comment'),
    deadlineMs: reader.duration('deadline'),
    imageRef: reader.text('image-ref'),
    options: { ...readBuildOptions(reader), attestations: readAttestations(reader, buildArgs) },
    policy: reader.yaml('policy'),
    budgets: reader.yaml('budgets'),
    baseline: reader.text('baseline'),
    reportComment: reader.boolean('report-comment'),
    cache: readCache(reader),
    epoch: parseEpoch(reader.text('source-date-epoch')),
    ...readGoals(reader),
  };
  checkTogether(inputs);
  for (const own of inputs.targets) refuseSecretArguments({ ...inputs, ...own });
  refuseSecretArguments(inputs);
  return inputs;
}

function readStages(
  reader: InputReader<InputName>,
): Pick<Inputs, 'testTargets' | 'testResults' | 'skippedStages'> {
  const stages = (input: 'test-targets' | 'test-results' | 'skipped-stages'): readonly string[] =>
    readList(reader, input, { comma: 'separates' }).map((name) => checkForm(input, name));
  return {
    testTargets: stages('test-targets'),
    testResults: stages('test-results'),
    skippedStages: stages('skipped-stages'),
  };
}

function readNetwork(reader: InputReader<InputName>): string {
  return reader.text('network') === '' ? '' : reader.choice('network', ['default', 'host', 'none']);
}
