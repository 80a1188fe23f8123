// The command line of `headgate init`. Pure.
import { isBranchName } from '@headgate/configuration/schema-values';
import { oneDirectory, type Parsed, parseOptions, text, texts } from './command-line.js';
import type { BranchNames } from './init/branch-names.js';
import { readPort } from './init/dockerfile.js';
import { readLogins } from './init/survey.js';
import { UsageError } from './usage-error.js';

export interface InitOrder {
  readonly command: 'init';
  readonly directory: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Nobody is asked. */
  readonly yes: boolean;
  readonly branches: Partial<Pick<BranchNames, 'production' | 'development'>>;
  readonly approvers: readonly string[];
  /** By name of the service. */
  readonly ports: ReadonlyMap<string, number>;
}

export interface HelpOrder {
  readonly command: 'help';
  readonly about: string | null;
}

export const initOptions = {
  force: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
  production: { type: 'string' },
  development: { type: 'string' },
  approvers: { type: 'string' },
  port: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

/** @throws {UsageError} */
export function readInit(args: readonly string[]): InitOrder | HelpOrder {
  const { values, positionals } = parseOptions('init', initOptions, args);
  if (values['help'] === true) return { command: 'help', about: 'init' };
  return {
    command: 'init',
    directory: oneDirectory(positionals),
    force: values['force'] === true,
    dryRun: values['dry-run'] === true,
    yes: values['yes'] === true,
    branches: readBranches(values),
    approvers: readApprovers(text(values['approvers'])),
    ports: new Map(texts(values['port']).map(readServicePort)),
  };
}

function readBranches(values: Parsed['values']): InitOrder['branches'] {
  const named = (['production', 'development'] as const).flatMap((part) => {
    const name = text(values[part]);
    if (name === null) return [];
    if (isBranchName(name)) return [[part, name] as const];
    throw new UsageError(
      `--${part} takes the name of a branch, ${JSON.stringify(name)} was given`,
      `Write for example --${part} ${part === 'production' ? 'main' : 'develop'}.`,
    );
  });
  const [one, other] = named;
  if (one !== undefined && other !== undefined && one[1] === other[1]) {
    throw new UsageError(`--production and --development are both ${one[1]}`, 'Name two branches.');
  }
  return Object.fromEntries(named);
}

function readApprovers(list: string | null): readonly string[] {
  if (list === null) return [];
  const words = list.split(',').map((word) => word.trim().replace(/^@/, ''));
  const logins = readLogins(words);
  const wrong = words.find((word) => readLogins([word]).length === 0);
  if (wrong === undefined) return logins;
  throw new UsageError(
    `--approvers takes GitHub logins, ${JSON.stringify(wrong)} is none`,
    'Write for example --approvers ada,grace.',
  );
}

function readServicePort(pair: string): [string, number] {
  const [, service = '', digits] = /^(.+)=(\d+)$/s.exec(pair) ?? [];
  const port = readPort(digits);
  if (port !== null) return [service, port];
  throw new UsageError(
    `--port takes SERVICE=PORT, ${JSON.stringify(pair)} was given`,
    'Write for example --port web=3000.',
  );
}
