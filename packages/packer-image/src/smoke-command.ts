// The smoke test as it is configured: an argument list for every artifact, or one for each builder by name.
import { InputError } from '@headgate/kit/errors';

export type Argv = readonly [string, ...string[]];

export interface Smoke {
  /** For builders without a command of their own; null: none. */
  readonly all: Argv | null;
  readonly each: ReadonlyMap<string, Argv>;
}

/**
 * Reads `smoke-command`: a list of arguments, or a mapping of builder to such a list.
 * @throws {InputError} for anything else; a command line in one text would need a shell.
 */
export function parseSmoke(value: unknown): Smoke {
  if (value === null || value === '') return { all: null, each: new Map() };
  if (Array.isArray(value)) return { all: argvOf(value), each: new Map() };
  if (typeof value !== 'object') throw wrong();
  return { all: null, each: new Map(Object.entries(value).map(([name, argv]) => [name, argvOf(argv)])) };
}

/** What stands for `{id}`, `{file}`, `{region}` and `{builder}` in arguments. */
export type Placeholders = Readonly<Record<'id' | 'file' | 'region' | 'builder', string>>;

/** Replaces placeholders inside arguments; whatever a value holds, it stays inside its argument. */
export function fillIn([file, ...rest]: Argv, values: Placeholders): Argv {
  const fill = (text: string): string =>
    text.replace(/\{(id|file|region|builder)\}/g, (_, name: keyof Placeholders) => values[name]);
  return [fill(file), ...rest.map(fill)];
}

function argvOf(value: unknown): Argv {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [];
  const [file, ...rest] = texts.map((item) => {
    if (typeof item === 'string' && !item.includes('\0')) return item;
    throw wrong();
  });
  if (file === undefined || file === '') throw wrong();
  return [file, ...rest];
}

function wrong(): InputError {
  return new InputError(
    'smoke-command',
    'a YAML list of texts was expected, or a mapping of builder to such a list',
    'Write for example [docker, run, --rm, "{id}", node, --version].',
  );
}
