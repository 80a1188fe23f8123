// The argv of one buildx build. No secret value can reach it: secrets are files by then.
import type { BuildOptions } from './build-options.js';
import { csvRecord } from './csv-record.js';

export interface BuildSource {
  /** Absolute path of the context folder. */
  readonly context: string;
  /** Absolute path of the Dockerfile. */
  readonly file: string;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Name → absolute folder, or a builder's own form such as `docker-image://…`. */
  readonly buildContexts: ReadonlyMap<string, string>;
  /** `default`, `none`, `host`, or empty for the builder's own choice. */
  readonly network: string;
  readonly platforms: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly secretFiles: readonly SecretFile[];
  /** Attestations name their builder already. */
  readonly options: BuildOptions;
}

export interface SecretFile {
  readonly id: string;
  /** Absolute path, readable by us alone. */
  readonly path: string;
}

export type BuildGoal =
  /** Runs the stage and keeps nothing but the cache. */
  | { readonly kind: 'gate'; readonly target: string }
  /** Writes the stage's files into a folder: what tests have left. */
  | { readonly kind: 'results'; readonly target: string; readonly folder: string }
  /** Writes the OCI layout into a folder and the builder's report into a file. */
  | {
      readonly kind: 'image';
      readonly target: string;
      readonly layout: string;
      readonly metadataFile: string;
    }
  /** Takes the finished image out of the cache once more, to other places. */
  | {
      readonly kind: 'export';
      readonly target: string;
      readonly outputs: readonly string[];
      /** Archives that an engine loads hold no attestations. */
      readonly attested: boolean;
    }
  /** Builds again from nothing, for comparison. */
  | {
      readonly kind: 'again';
      readonly target: string;
      readonly layout: string;
      readonly metadataFile: string;
    };

/** Arguments after `docker`, in a fixed order. */
export function buildArguments(source: BuildSource, goal: BuildGoal): readonly string[] {
  const { options } = source;
  return [
    'buildx',
    'build',
    ...word('--builder', options.builder),
    '--progress=rawjson',
    ...attestationArguments(source, goal),
    `--file=${source.file}`,
    ...word('--target', goal.target),
    ...word('--platform', source.platforms.join(',')),
    ...word('--network', source.network),
    ...pairs('--build-arg', source.buildArgs),
    ...pairs('--build-context', source.buildContexts),
    ...each('--add-host', options.addHosts),
    ...each('--allow', options.allow),
    ...word('--cgroup-parent', options.cgroupParent),
    ...word('--shm-size', options.shmSize),
    ...each('--ulimit', options.ulimit),
    ...each('--ssh', options.ssh),
    ...(isImage(goal) ? pairs('--label', source.labels) : []),
    ...(isImage(goal) ? each('--annotation', options.annotations) : []),
    ...source.secretFiles.map((secret) => `--secret=${csvRecord([`id=${secret.id}`, `src=${secret.path}`])}`),
    ...cacheArguments(options, goal),
    ...outputArguments(goal),
    source.context,
  ];
}

function isImage({ kind }: BuildGoal): boolean {
  return kind !== 'gate' && kind !== 'results';
}

/** An attestation holds the time of the build: with it the same commit never gives the same digest. */
function attestationArguments({ options }: BuildSource, goal: BuildGoal): readonly string[] {
  const isAttested = goal.kind === 'image' || (goal.kind === 'export' && goal.attested);
  const wanted = isAttested ? options.attestations : [];
  const has = (type: string): boolean => wanted.some((value) => value.split(',').includes(`type=${type}`));
  return [
    ...(has('provenance') ? [] : ['--provenance=false']),
    ...(has('sbom') ? [] : ['--sbom=false']),
    ...each('--attest', wanted),
  ];
}

function cacheArguments(options: BuildOptions, { kind }: BuildGoal): readonly string[] {
  if (kind === 'again') return ['--no-cache'];
  // What the image build has left in the builder is the image: nothing may make it anew.
  if (kind === 'export') return [];
  return [
    ...each('--cache-from', options.cacheFrom),
    ...(kind === 'image' ? each('--cache-to', options.cacheTo) : []),
    ...(options.noCache ? ['--no-cache'] : []),
    ...each('--no-cache-filter', options.noCacheFilters),
    ...(options.pull ? ['--pull'] : []),
  ];
}

function outputArguments(goal: BuildGoal): readonly string[] {
  if (goal.kind === 'gate') return ['--output=type=cacheonly'];
  if (goal.kind === 'export') return each('--output', goal.outputs);
  if (goal.kind === 'results') return [`--output=${csvRecord(['type=local', `dest=${goal.folder}`])}`];
  const output = csvRecord(['type=oci', `dest=${goal.layout}`, 'tar=false', 'rewrite-timestamp=true']);
  return [`--output=${output}`, `--metadata-file=${goal.metadataFile}`];
}

function pairs(flag: string, values: ReadonlyMap<string, string>): readonly string[] {
  return [...values].map(([name, value]) => `${flag}=${name}=${value}`);
}

function each(flag: string, values: readonly string[]): readonly string[] {
  return values.map((value) => `${flag}=${value}`);
}

function word(flag: string, value: string): readonly string[] {
  return value === '' ? [] : [`${flag}=${value}`];
}
