// The pieces of a command line: known options, one folder, texts. Unknown names come with the nearest known one.
import { parseArgs } from 'node:util';
import { nearestName } from '@headgate/kit/nearest-name';
import { UsageError } from './usage-error.js';

export type KnownOptions = Readonly<
  Record<string, { readonly type: 'string' | 'boolean'; readonly multiple?: boolean }>
>;

export interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

/** Options of `command`, or what is wrong with them. @throws {UsageError} */
export function parseOptions(command: string, known: KnownOptions, args: readonly string[]): Parsed {
  // Loose first, because parseArgs itself has no nearest name to offer.
  const { tokens } = parseArgs({
    args: [...args],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(known, token.name)) continue;
    throw unknown(
      'option',
      token.rawName,
      Object.keys(known).map((name) => `--${name}`),
    );
  }
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: true });
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? error.message : String(error),
      `See headgate ${command} --help.`,
    );
  }
}

export function unknown(what: string, name: string, known: readonly string[]): UsageError {
  const near = nearestName(name, known);
  const hint = near === null ? `There are: ${known.join(', ')}.` : `Did you mean ${near}?`;
  return new UsageError(`unknown ${what} ${name}`, hint);
}

export function oneDirectory(positionals: readonly string[]): string {
  const [directory = '.', second] = positionals;
  if (second === undefined) return directory;
  throw new UsageError(`one folder was expected, a second one is ${second}`, 'Name one folder.');
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** `owner/name`, as GitHub takes them. */
export const isRepositoryName = (text: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,99}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(text);
