// Input variables of the configuration: plain ones go into a file, secret ones into the child's environment.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';
import { requireSecret, type SecretMap } from '@headgate/kit/secrets';

export interface Variables {
  /** Any JSON. */
  readonly plain: Readonly<Record<string, unknown>>;
  /** Variable → name in `environment` of deploy-secrets. */
  readonly secret: ReadonlyMap<string, string>;
}

/**
 * `variables` (a map; a value `{secret: NAME}` refers to deploy-secrets) and `secret-variables` (VARIABLE=NAME).
 * @throws {InputError}
 */
export function readVariables(reader: InputReader<string>): Variables {
  const given = reader.yaml('variables') ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new InputError('variables', 'a map of names and values was expected', 'Write NAME: value lines.');
  }
  const plain: Record<string, unknown> = {};
  const secret = new Map(reader.keyValues('secret-variables'));
  for (const [name, value] of Object.entries(given)) {
    const member = secretMember(value);
    if (member === null) plain[name] = value;
    else secret.set(name, member);
  }
  for (const name of [...Object.keys(plain), ...secret.keys()]) checkName(name, 'variables');
  return { plain, secret };
}

/** `TF_VAR_…` for the secret ones. @throws {ActionError} `secrets-missing` */
export function secretVariables(variables: Variables, secrets: SecretMap): Record<string, string> {
  return Object.fromEntries(
    [...variables.secret].map(([name, member]) => [
      `TF_VAR_${name}`,
      requireSecret(secrets, 'environment', member, 'deploy-secrets'),
    ]),
  );
}

function secretMember(value: unknown): string | null {
  if (value === null || typeof value !== 'object' || Object.keys(value).length !== 1) return null;
  const { secret }: { secret?: unknown } = value;
  return typeof secret === 'string' ? secret : null;
}

/** @throws {InputError} naming the input that it came from. */
export function checkName(name: string, input: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return;
  const problem = `${JSON.stringify(name)} is no name of a variable`;
  throw new InputError(input, problem, 'Write letters, digits, _ and -.');
}
