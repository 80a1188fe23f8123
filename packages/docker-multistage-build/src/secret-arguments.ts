// Build arguments and labels that give a secret away: both stay readable in every image made with them.
import { InputError } from '@headgate/kit/errors';
import { isSecretName } from '@headgate/kit/secret-names';
import { createRedactor, type SecretMap } from '@headgate/kit/secrets';
import type { BuildOptions } from './build-options.js';
import type { BuildSecret } from './secret-sources.js';

const shortestSought = 8;

export interface Readable {
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly buildContexts: ReadonlyMap<string, string>;
  readonly options: Pick<BuildOptions, 'annotations'>;
  readonly buildSecrets: SecretMap;
  readonly secrets: readonly BuildSecret[];
}

/**
 * Refuses a known secret where everybody can read it; nothing has been started by then.
 * @throws InputError naming the argument, never the value
 */
export function refuseSecretArguments(readable: Readable): void {
  const { buildArgs, labels, buildContexts, options } = readable;
  const { redact } = createRedactor(knownValues(readable));
  const annotations = new Map(options.annotations.map((text) => [text.split('=', 1)[0] ?? '', text]));
  const inputs = { 'build-args': buildArgs, labels, annotations, 'build-contexts': buildContexts };
  for (const [input, values] of Object.entries(inputs)) {
    const leaking = [...values].find(([name, value]) => redact(value) !== value || redact(name) !== name);
    if (leaking === undefined) continue;
    throw new InputError(
      input,
      `${redact(leaking[0])} holds a secret, which would stay readable in the image`,
      'Mount it instead: name it in `secrets` and use RUN --mount=type=secret in the Dockerfile.',
    );
  }
}

/** The secrets that are known before anything is read; a short word would be found everywhere. */
export function knownValues({
  buildSecrets,
  secrets,
}: Pick<Readable, 'buildSecrets' | 'secrets'>): readonly string[] {
  const given = secrets.flatMap(({ source }) => (source.kind === 'value' ? [source.value.trim()] : []));
  return [...buildSecrets.values, ...given.filter((value) => value.length >= shortestSought)];
}

/** One sentence for each argument that looks like a secret by its name. */
export function secretNameWarnings(buildArgs: ReadonlyMap<string, string>): readonly string[] {
  return [...buildArgs]
    .filter(([name, value]) => value !== '' && isSecretName(name))
    .map(
      ([name]) =>
        `build-args: ${name} looks like a secret, and its value stays readable in the image's history. If it is one, pass it by \`secrets\` and RUN --mount=type=secret.`,
    );
}
