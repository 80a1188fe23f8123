// The argv of one buildx build. No secret value can reach it: secrets are files by then.

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
}

export interface SecretFile {
  readonly id: string;
  /** Absolute path, readable by us alone. */
  readonly path: string;
}

export type BuildGoal =
  /** Runs the stage and keeps nothing but the cache. */
  | { readonly kind: 'gate'; readonly target: string }
  /** Writes the OCI layout into a folder and the builder's report into a file. */
  | {
      readonly kind: 'image';
      readonly target: string;
      readonly layout: string;
      readonly metadataFile: string;
    };

/** Arguments after `docker`, in a fixed order. */
export function buildArguments(source: BuildSource, goal: BuildGoal): readonly string[] {
  return [
    'buildx',
    'build',
    '--progress=rawjson',
    // An attestation holds the time of the build: with it the same commit would never give the same digest.
    '--provenance=false',
    '--sbom=false',
    `--file=${source.file}`,
    ...(goal.target === '' ? [] : [`--target=${goal.target}`]),
    ...(source.platforms.length === 0 ? [] : [`--platform=${source.platforms.join(',')}`]),
    ...(source.network === '' ? [] : [`--network=${source.network}`]),
    ...pairs('--build-arg', source.buildArgs),
    ...pairs('--build-context', source.buildContexts),
    ...(goal.kind === 'image' ? pairs('--label', source.labels) : []),
    ...source.secretFiles.map((secret) => `--secret=${csv([`id=${secret.id}`, `src=${secret.path}`])}`),
    ...outputArguments(goal),
    source.context,
  ];
}

function outputArguments(goal: BuildGoal): readonly string[] {
  if (goal.kind === 'gate') return ['--output=type=cacheonly'];
  const output = csv(['type=oci', `dest=${goal.layout}`, 'tar=false', 'rewrite-timestamp=true']);
  return [`--output=${output}`, `--metadata-file=${goal.metadataFile}`];
}

function pairs(flag: string, values: ReadonlyMap<string, string>): readonly string[] {
  return [...values].map(([name, value]) => `${flag}=${name}=${value}`);
}

/** Buildx reads these values as one CSV record. */
function csv(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}
