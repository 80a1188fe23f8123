// Where each build secret's value comes from, as `secrets`, `secret-files` and `secret-envs` say it.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';
import { itemsOf, readList } from './input-list.js';

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
  | { readonly kind: 'env'; readonly name: string }
  /** Given in `secrets` itself, as docker/build-push-action has it. */
  | { readonly kind: 'value'; readonly value: string };

const idPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** A name of build-secrets by convention: more likely a secret that was not passed on than a value. */
const namePattern = /^[A-Z_][A-Z0-9_]{0,63}$/;

type SecretInput = 'secrets' | 'secret-files' | 'secret-envs';

/**
 * Every secret the build may mount, from the three inputs together.
 * Settings hold names only. In `secrets` as an input, `id=file:PATH` and `id=env:NAME` are sources; anything else is a
 * name of build-secrets where those have a group `build`, and the value itself where they have none.
 * @throws InputError naming the id, never a value
 */
export function readBuildSecrets(
  reader: InputReader<SecretInput>,
  hasNames: boolean,
): readonly BuildSecret[] {
  const files = pairs('secret-files', readList(reader, 'secret-files', { comma: 'belongs' }));
  const variables = pairs('secret-envs', readList(reader, 'secret-envs', { comma: 'separates' }));
  const all = [
    ...readSecrets(reader, hasNames),
    ...files.map(([id, path]): BuildSecret => ({ id, source: { kind: 'file', path }, optional: false })),
    ...variables.map(([id, name]): BuildSecret => ({ id, source: { kind: 'env', name }, optional: false })),
  ];
  const seen = new Set<string>();
  for (const { id } of all) {
    if (seen.has(id)) throw new InputError('secrets', `the id ${id} stands twice`, `Keep one secret ${id}.`);
    seen.add(id);
  }
  return all;
}

function readSecrets(reader: InputReader<SecretInput>, hasNames: boolean): readonly BuildSecret[] {
  const raw = reader.raw('secrets');
  if (raw.from === 'settings' && typeof raw.value === 'object' && !Array.isArray(raw.value))
    return parseBuildSecrets(new Map(Object.entries(raw.value ?? {})));
  const lines = pairs('secrets', itemsOf('secrets', raw, { comma: 'belongs', keepSpace: true }));
  const isName = hasNames || raw.from === 'settings';
  return lines.map(([id, text]) => ({
    id,
    source: isName || /^(?:file|env):/.test(text) ? parseSource(id, text.trim()) : valueSource(id, text),
    optional: false,
  }));
}

function valueSource(id: string, value: string): SecretSource {
  if (!namePattern.test(value)) return { kind: 'value', value };
  throw new InputError(
    'secrets',
    `${id} is given what looks like a name of build-secrets, which hold no such group`,
    `Pass build-secrets with it under build:; if it is the value itself, give it by secret-envs.`,
  );
}

/** `id=text` lines. What is wrong may be a secret, so only its place is told. */
function pairs(input: SecretInput, items: readonly string[]): readonly (readonly [string, string])[] {
  return items.map((item, index) => {
    const at = item.indexOf('=');
    const id = item.slice(0, Math.max(at, 0)).trim();
    const text = item.slice(at + 1);
    const place = `entry ${index + 1} of ${items.length}`;
    if (at < 0)
      throw new InputError(
        input,
        `${place} has no =`,
        'Write id=… on each line; quote one of several lines.',
      );
    if (!idPattern.test(id))
      throw new InputError(
        input,
        `what stands before the = of ${place} is not a secret id`,
        'Use letters, digits, _ . and - for the id; quote a value of several lines: "id=first line…".',
      );
    if (text.trim() === '')
      throw new InputError(input, `${id} is empty`, `Give ${id} a value; is the secret of that name set?`);
    return [id, text];
  });
}

/**
 * Reads the `secrets` of settings: id → `NAME`, `file:PATH`, `env:NAME`, or `{secret: NAME, optional: BOOLEAN}` from settings.
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
