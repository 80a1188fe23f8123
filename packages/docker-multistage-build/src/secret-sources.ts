// Where each build secret's value comes from, as the `secrets` input says it.
import { InputError } from '@headgate/kit/errors';

export interface BuildSecret {
  /** The id a Dockerfile mounts: `RUN --mount=type=secret,id=…`. */
  readonly id: string;
  readonly source: SecretSource;
  /** Left out of the build when it has no value. */
  readonly optional: boolean;
}

export type SecretSource =
  /** A name under `build:` of the build-secrets map. */
  | { readonly kind: 'map'; readonly name: string }
  /** A file; relative paths start at the workspace. */
  | { readonly kind: 'file'; readonly path: string }
  /** A variable of the step's environment. */
  | { readonly kind: 'env'; readonly name: string };

const idPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/**
 * Reads the `secrets` input: id → `NAME`, `file:PATH`, `env:NAME`, or `{secret: NAME, optional: BOOLEAN}` from settings.
 * @throws InputError naming the id, never a value
 */
export function parseBuildSecrets(values: ReadonlyMap<string, unknown>): readonly BuildSecret[] {
  return [...values].map(([id, value]) => {
    if (!idPattern.test(id)) {
      throw new InputError(
        'secrets',
        `"${id}" is not a secret id`,
        'Use letters, digits, _ . and - for the id.',
      );
    }
    return { id, source: parseSource(id, value), optional: isOptional(value) };
  });
}

function isOptional(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'optional' in value && value.optional === true;
}

function parseSource(id: string, value: unknown): SecretSource {
  const name = typeof value === 'object' && value !== null && 'secret' in value ? value.secret : value;
  if (typeof name !== 'string' || name.trim() === '') {
    throw new InputError(
      'secrets',
      `${id} names no source`,
      `Write ${id}=NAME, ${id}=file:PATH or ${id}=env:NAME.`,
    );
  }
  if (name.startsWith('file:')) return { kind: 'file', path: name.slice('file:'.length) };
  if (name.startsWith('env:')) return { kind: 'env', name: name.slice('env:'.length) };
  // The value itself may have been pasted here, so it is not repeated.
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) {
    throw new InputError(
      'secrets',
      `${id} must name a secret, not hold its value`,
      `Put the value into build-secrets under build: and write ${id}=ITS_NAME.`,
    );
  }
  return { kind: 'map', name };
}
