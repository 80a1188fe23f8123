// Which secrets reach the container, and under which variable's name.
import { InputError } from '@headgate/kit/errors';
import { requireSecret, type SecretMap } from '@headgate/kit/secrets';

/** Variable of the container → name under `environment` of deploy-secrets. */
export type EnvironmentSecrets = ReadonlyMap<string, string>;

const input = 'environment-secrets';
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const namePattern = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/**
 * Reads `NAME` or `VARIABLE=NAME` items, or the object that settings give: `{VARIABLE: {secret: NAME}}`.
 * @param items the input as a list; asked for only when it is no object
 * @throws {InputError} naming the variable, never what may be a value that was pasted
 */
export function parseEnvironmentSecrets(value: unknown, items: () => readonly string[]): EnvironmentSecrets {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const pairs = isObject ? Object.entries(value).map(referenceOf) : items().map(itemOf);
  const secrets = new Map<string, string>();
  for (const [variable, name] of pairs) {
    if (!variablePattern.test(variable)) throw wrong('a name is no variable of an environment');
    if (!namePattern.test(name)) throw wrong(`${variable} must name a secret, not hold its value`);
    if (secrets.has(variable)) throw wrong(`${variable} stands twice`);
    secrets.set(variable, name);
  }
  return secrets;
}

/** The values by variable. @throws {ActionError} `secrets-missing` */
export function resolveEnvironmentSecrets(
  secrets: EnvironmentSecrets,
  known: SecretMap,
): ReadonlyMap<string, string> {
  return new Map(
    [...secrets].map(([variable, name]) => {
      return [variable, requireSecret(known, 'environment', name, 'deploy-secrets')] as const;
    }),
  );
}

function referenceOf([variable, reference]: readonly [string, unknown]): readonly [string, string] {
  const name: unknown =
    typeof reference === 'object' && reference !== null && 'secret' in reference ? reference.secret : null;
  return [variable, typeof name === 'string' ? name : ''];
}

function itemOf(item: string): readonly [string, string] {
  const at = item.indexOf('=');
  return at < 0 ? [item, item] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
}

function wrong(problem: string): InputError {
  return new InputError(
    input,
    problem,
    'Write NAME or VARIABLE=NAME, where NAME stands under environment: in deploy-secrets.',
  );
}
