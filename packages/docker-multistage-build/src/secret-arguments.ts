// Build arguments and labels that give a secret away: both stay readable in every image made with them.
import { InputError } from '@headgate/kit/errors';
import { createRedactor, type SecretMap } from '@headgate/kit/secrets';

export interface Readable {
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly buildContexts: ReadonlyMap<string, string>;
  readonly buildSecrets: SecretMap;
}

/** The words by which BuildKit's own check goes (SecretsUsedInArgOrEnv), and the short ones it misses. */
const secretWords: ReadonlySet<string> = new Set([
  'apikey',
  'auth',
  'credential',
  'credentials',
  'key',
  'pass',
  'passwd',
  'password',
  'pat',
  'pword',
  'secret',
  'token',
]);
/** Written without an underscore, as NPMTOKEN and PGPASSWORD are. */
const secretEnding = /(?:apikey|passwd|password|secret|token)$/;
const harmlessWords: ReadonlySet<string> = new Set(['public', 'file', 'version']);

/** Whether people would expect a secret behind this name: `NPM_TOKEN` yes, `PUBLIC_KEY` and `TOKEN_FILE` no. */
export function looksSecret(name: string): boolean {
  const words = name.toLowerCase().split('_');
  if (words.some((word) => harmlessWords.has(word))) return false;
  return words.some((word) => secretWords.has(word) || secretEnding.test(word));
}

/**
 * Refuses a known secret where everybody can read it; nothing has been started by then.
 * @throws InputError naming the argument, never the value
 */
export function refuseSecretArguments({ buildArgs, labels, buildContexts, buildSecrets }: Readable): void {
  const { redact } = createRedactor(buildSecrets.values);
  const inputs = { 'build-args': buildArgs, labels, 'build-contexts': buildContexts };
  for (const [input, values] of Object.entries(inputs)) {
    const leaking = [...values].find(([name, value]) => redact(value) !== value || redact(name) !== name);
    if (leaking === undefined) continue;
    throw new InputError(
      input,
      `${redact(leaking[0])} holds a value of build-secrets, which would stay readable in the image`,
      'Mount it instead: name it in `secrets` and use RUN --mount=type=secret in the Dockerfile.',
    );
  }
}

/** One sentence for each argument that looks like a secret by its name. */
export function secretNameWarnings(buildArgs: ReadonlyMap<string, string>): readonly string[] {
  return [...buildArgs]
    .filter(([name, value]) => value !== '' && looksSecret(name))
    .map(
      ([name]) =>
        `build-args: ${name} looks like a secret, and its value stays readable in the image's history. If it is one, pass it by \`secrets\` and RUN --mount=type=secret.`,
    );
}
