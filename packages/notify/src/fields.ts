// Members of one mapping in the configuration, read with the path in every message.
import { InputError } from '@headgate/kit/errors';
import { nearestName } from '@headgate/kit/nearest-name';

/** A text in the configuration, or the name of a member of `notify-secrets`. */
export type TextSource =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'secret'; readonly name: string };

export interface Form {
  /** What was expected, for the message. */
  readonly wanted: string;
  /** Taken when the member is absent; required without it. */
  readonly otherwise?: string;
}

export interface Fields {
  has(key: string): boolean;
  path(key: string): string;
  text(key: string): string;
  matching(key: string, pattern: RegExp, form: Form): string;
  boolean(key: string): boolean;
  port(key: string, otherwise: number): number;
  /** A text or a list of texts; `otherwise` when absent, required and not empty without it. */
  list(key: string, otherwise?: readonly string[]): readonly string[];
  choice<T extends string>(key: string, values: readonly T[], otherwise?: T): T;
  /** One of `values`, or an error naming the member. */
  known<T extends string>(key: string, text: string, values: readonly T[]): T;
  /** The name in `{secret: NAME}`; a value in its place is refused without quoting it. */
  secret(key: string): string;
  /** A text, or `{secret: NAME}`. */
  source(key: string): TextSource;
}

/**
 * Wraps a mapping at `path`.
 * @throws {InputError} when it is none, or has a member outside `keys` (any when not given).
 */
export function readFields(value: unknown, path: string, keys?: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(path, 'a mapping was expected', 'Write its members as `key: value`.');
  }
  const members = new Map<string, unknown>(Object.entries(value));
  for (const key of members.keys()) if (keys?.includes(key) === false) throw unknownKey(path, key, keys);
  const at = (key: string): string => `${path}.${key}`;
  const text = (key: string): string => textOf(members.get(key), at(key));
  const known = <T extends string>(key: string, word: string, values: readonly T[]): T => {
    const found = values.find((each) => each === word);
    if (found !== undefined) return found;
    const wanted = `one of ${values.join(', ')}`;
    throw new InputError(at(key), `${wanted} was expected, ${shown(word)} was found`, `Write ${wanted}.`);
  };
  return {
    has: (key) => members.has(key),
    path: at,
    text,
    known,
    matching: (key, pattern, form) => matching(members.get(key), at(key), { pattern, ...form }),
    boolean: (key) => booleanOf(members.get(key) ?? false, at(key)),
    port: (key, otherwise) => portOf(members.get(key) ?? otherwise, at(key)),
    list: (key, otherwise) => listOf(members.get(key) ?? otherwise, at(key), otherwise === undefined),
    choice: (key, values, otherwise) =>
      otherwise !== undefined && !members.has(key) ? otherwise : known(key, text(key), values),
    secret: (key) => secretName(members.get(key), at(key)),
    source: (key) => sourceOf(members.get(key), at(key)),
  };
}

function textOf(value: unknown, path: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  const found = value === undefined ? 'nothing' : 'something else';
  throw new InputError(path, `a text was expected, ${found} was found`, 'Write a quoted text.');
}

function matching(
  value: unknown,
  path: string,
  { pattern, wanted, otherwise }: Form & { pattern: RegExp },
): string {
  if (value === undefined && otherwise !== undefined) return otherwise;
  const text = textOf(value, path);
  if (pattern.test(text)) return text;
  throw new InputError(path, `${wanted} was expected, ${shown(text)} was found`, `Write ${wanted}.`);
}

function booleanOf(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new InputError(path, 'true or false was expected', 'Write true or false, without quotes.');
}

function portOf(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw new InputError(
    path,
    'a port from 1 to 65535 was expected',
    'Write a number without quotes, such as 587.',
  );
}

function listOf(value: unknown, path: string, filled: boolean): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = items.map((item) => textOf(item, path));
  if (texts.length > 0 || !filled) return texts;
  throw new InputError(path, 'at least one was expected', 'Write a list.');
}

function secretName(value: unknown, path: string): string {
  const name = memberOf(value, 'secret');
  if (name !== null) return name;
  throw new InputError(
    path,
    '{secret: NAME} was expected, something else was found',
    'Put the value into the secret NOTIFY_SECRETS and name it here.',
  );
}

function sourceOf(value: unknown, path: string): TextSource {
  const [name, literal] = [memberOf(value, 'secret'), memberOf(value, 'literal')];
  if (name !== null) return { kind: 'secret', name };
  return { kind: 'literal', text: literal ?? textOf(value, path) };
}

/** The text under the only key of a mapping, or null. */
function memberOf(value: unknown, key: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0 || entry[0] !== key) return null;
  return typeof entry[1] === 'string' && entry[1] !== '' ? entry[1] : null;
}

function unknownKey(path: string, key: string, keys: readonly string[]): InputError {
  const near = nearestName(key, keys);
  const hint = near === null ? `Known are ${keys.join(', ')}.` : `Did you mean ${near}?`;
  return new InputError(path, `${shown(key)} is not known`, hint);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
