// The command line as one of a few orders. Pure.
import { parseArgs } from 'node:util';
import { nearestName } from '@headgate/kit/nearest-name';
import { UsageError } from './usage-error.js';

export interface RehearseOrder {
  readonly command: 'rehearse';
  readonly directory: string;
  readonly story: string | null;
  readonly json: string | null;
  /** File for the report as a page. */
  readonly html: string | null;
  readonly keep: boolean;
  readonly yes: boolean;
  readonly variables: ReadonlyMap<string, string>;
  readonly actions: string | null;
}

export interface CheckOrder {
  readonly command: 'check';
  readonly directory: string;
  readonly json: string | null;
}

export type Order =
  | RehearseOrder
  | CheckOrder
  | { readonly command: 'help'; readonly about: string | null }
  | { readonly command: 'version' }
  | { readonly command: 'load-generator' };

const options = {
  rehearse: {
    story: { type: 'string' },
    json: { type: 'string' },
    html: { type: 'string' },
    keep: { type: 'boolean' },
    yes: { type: 'boolean' },
    var: { type: 'string', multiple: true },
    actions: { type: 'string' },
    help: { type: 'boolean' },
  },
  check: { json: { type: 'string' }, help: { type: 'boolean' } },
} as const;

const commands = ['rehearse', 'check', 'help', 'version'] as const;

/** @throws {UsageError} with the nearest name for what is unknown */
export function readArguments(args: readonly string[]): Order {
  const [command, ...rest] = args;
  switch (command) {
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      return { command: 'help', about: rest[0] ?? null };
    case 'version':
    case '--version':
      return { command: 'version' };
    case 'rehearse':
      return readRehearse(rest);
    case 'check':
      return readCheck(rest);
    case 'load-generator':
      return { command };
    default:
      throw unknown(command.startsWith('-') ? 'option' : 'command', command, commands);
  }
}

function readRehearse(args: readonly string[]): Order {
  const { values, positionals } = parse('rehearse', args);
  if (values['help'] === true) return { command: 'help', about: 'rehearse' };
  return {
    command: 'rehearse',
    directory: oneDirectory(positionals),
    story: text(values['story']),
    json: text(values['json']),
    html: text(values['html']),
    keep: values['keep'] === true,
    yes: values['yes'] === true,
    variables: readVariables(Array.isArray(values['var']) ? values['var'] : []),
    actions: text(values['actions']),
  };
}

function readCheck(args: readonly string[]): Order {
  const { values, positionals } = parse('check', args);
  if (values['help'] === true) return { command: 'help', about: 'check' };
  return { command: 'check', directory: oneDirectory(positionals), json: text(values['json']) };
}

interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

function parse(command: keyof typeof options, args: readonly string[]): Parsed {
  const known = options[command];
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

function unknown(what: string, name: string, known: readonly string[]): UsageError {
  const near = nearestName(name, known);
  const hint = near === null ? `There are: ${known.join(', ')}.` : `Did you mean ${near}?`;
  return new UsageError(`unknown ${what} ${name}`, hint);
}

function oneDirectory(positionals: readonly string[]): string {
  const [directory = '.', second] = positionals;
  if (second === undefined) return directory;
  throw new UsageError(`one folder was expected, a second one is ${second}`, 'Name one folder.');
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function readVariables(pairs: readonly unknown[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.map((pair) => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(String(pair)) ?? [];
      if (name === undefined || value === undefined) {
        throw new UsageError(
          `--var takes NAME=VALUE, ${JSON.stringify(pair)} was given`,
          'Write for example --var NODE_IMAGE=node:24.',
        );
      }
      return [name, value];
    }),
  );
}
