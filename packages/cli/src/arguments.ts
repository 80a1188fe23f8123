// The command line as one of a few orders. Pure.
import { isRepositoryName, oneDirectory, parseOptions, text, unknown } from './command-line.js';
import { type HelpOrder, type InitOrder, readInit } from './init-arguments.js';
import { type InspectOrder, readInspect } from './inspect-arguments.js';
import { type ProxyOrder, readProxy } from './proxy-arguments.js';
import { type RehearseOrder, readRehearse } from './rehearse-arguments.js';
import { readStages, type StagesOrder } from './stages-arguments.js';
import { UsageError } from './usage-error.js';
import { readVerify, type VerifyOrder } from './verify-arguments.js';

export interface RetryOrder {
  readonly command: 'retry';
  /** The paused job; null where there is one only. */
  readonly job: string | null;
  /** The rehearsal's folder; null: found. */
  readonly run: string | null;
  readonly giveUp: boolean;
}

export interface CheckOrder {
  readonly command: 'check';
  readonly directory: string;
  readonly json: string | null;
  /** The settings on GitHub too. */
  readonly github: boolean;
  /** `owner/name`; null: that of the remote. */
  readonly repository: string | null;
}

export interface OpenSealOrder {
  readonly command: 'open-seal';
  readonly file: string;
  readonly output: string;
}

export type Order =
  | RehearseOrder
  | CheckOrder
  | RetryOrder
  | InitOrder
  | InspectOrder
  | OpenSealOrder
  | ProxyOrder
  | StagesOrder
  | VerifyOrder
  | HelpOrder
  | { readonly command: 'version' }
  | { readonly command: 'load-generator' };

const options = {
  retry: { run: { type: 'string' }, 'give-up': { type: 'boolean' }, help: { type: 'boolean' } },
  check: {
    json: { type: 'string' },
    github: { type: 'boolean' },
    repository: { type: 'string' },
    help: { type: 'boolean' },
  },
  'open-seal': { output: { type: 'string' }, help: { type: 'boolean' } },
} as const;

const commands = [
  'init',
  'check',
  'rehearse',
  'retry',
  'stages',
  'inspect',
  'verify',
  'open-seal',
  'proxy',
  'help',
  'version',
] as const;

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
    case 'retry':
      return readRetry(rest);
    case 'check':
      return readCheck(rest);
    case 'init':
      return readInit(rest);
    case 'inspect':
      return readInspect(rest);
    case 'verify':
      return readVerify(rest);
    case 'open-seal':
      return readOpenSeal(rest);
    case 'proxy':
      return readProxy(rest);
    case 'stages':
      return readStages(rest);
    case 'load-generator':
      return { command };
    default:
      throw unknown(command.startsWith('-') ? 'option' : 'command', command, commands);
  }
}

function readRetry(args: readonly string[]): Order {
  const { values, positionals } = parseOptions('retry', options.retry, args);
  if (values['help'] === true) return { command: 'help', about: 'retry' };
  const [job = null, second] = positionals;
  if (second !== undefined)
    throw new UsageError(`one job was expected, a second one is ${second}`, 'Put its name into quotes.');
  return { command: 'retry', job, run: text(values['run']), giveUp: values['give-up'] === true };
}

function readCheck(args: readonly string[]): Order {
  const { values, positionals } = parseOptions('check', options.check, args);
  if (values['help'] === true) return { command: 'help', about: 'check' };
  const repository = text(values['repository']);
  if (repository !== null && !isRepositoryName(repository)) {
    throw new UsageError(
      `--repository takes OWNER/NAME, ${JSON.stringify(repository)} was given`,
      'Write for example --repository acme/shop.',
    );
  }
  return {
    command: 'check',
    directory: oneDirectory(positionals),
    json: text(values['json']),
    github: values['github'] === true || repository !== null,
    repository,
  };
}

function readOpenSeal(args: readonly string[]): Order {
  const { values, positionals } = parseOptions('open-seal', options['open-seal'], args);
  if (values['help'] === true) return { command: 'help', about: 'open-seal' };
  const [file, second] = positionals;
  const output = text(values['output']);
  if (file !== undefined && second === undefined && output !== null)
    return { command: 'open-seal', file, output };
  throw new UsageError(
    'one sealed file and --output were expected',
    'Write: headgate open-seal FILE --output FILE',
  );
}
