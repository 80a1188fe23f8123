// The inputs of approval-gate, typed; everything that can be judged without asking anybody is judged here.
import { InputError } from '@headgate/kit/errors';
import { commonInputs, type InputReader, type InputSpecs } from '@headgate/kit/inputs';
import { type Policy, parseGroups, type Role, roles } from './policy.js';
import { readSubject, type SubjectInputs } from './subject-inputs.js';

export const inputSpecs = {
  ...commonInputs,
  mode: { default: '', required: true },
  environment: { default: '' },
  groups: { default: '' },
  exclude: { default: 'actor,triggering-actor,merger,pull-request-author' },
  'exclude-authors': { default: 'false' },
  expires: { default: '24h' },
  'park-after': { default: '5h' },
  interval: { default: '15s' },
  version: { default: '' },
  subject: { default: '' },
  'record-artifact-id': { default: '' },
  'record-digest': { default: '' },
  'configuration-digest': { default: '' },
  notices: { default: '' },
  'production-branch': { default: '' },
  bot: { default: 'github-actions[bot]' },
  'github-token': { default: '', required: true },
} as const satisfies InputSpecs;

export type InputName = keyof typeof inputSpecs;
type Reader = InputReader<InputName>;

export const outputNames = [
  'decision',
  'asked',
  'url',
  'id',
  'deadline',
  'approvers',
  'subject',
  'resumed',
  'failure',
] as const;

interface Common {
  readonly token: string;
  /** Login under which the token writes. */
  readonly bot: string;
}

/** What `request` and `wait` are told alike: both must see the same request. */
export interface GateInputs extends Common, SubjectInputs {
  readonly mode: 'request' | 'wait';
  /** '' when the step is used alone. */
  readonly leg: string;
  readonly environment: string;
  readonly policy: Policy;
  /** Milliseconds after which the step stops waiting. */
  readonly parkAfter: number;
  /** Milliseconds between two looks. */
  readonly interval: number;
}

export interface ResumeInputs extends Common {
  readonly mode: 'resume';
  /** '' for any branch. */
  readonly productionBranch: string;
}

export type Inputs = GateInputs | ResumeInputs;

/** The leg of the entry; a request is no approval, so it must not take the approval's place in the record. */
export function legOf(inputs: Inputs): string {
  if (inputs.mode === 'resume') return 'resume';
  const name = inputs.leg || inputs.environment;
  return inputs.mode === 'wait' ? name : `${name}/request`;
}

/** @throws {InputError} naming the input. */
export function readInputs(reader: Reader): Inputs {
  const mode = reader.choice('mode', ['request', 'wait', 'resume'] as const);
  const common = { token: reader.text('github-token'), bot: readBot(reader) };
  if (mode === 'resume') return { ...common, mode, productionBranch: reader.text('production-branch') };
  return {
    ...common,
    mode,
    leg: reader.text('leg'),
    environment: readEnvironment(reader),
    policy: readPolicy(reader),
    ...readSubject(reader),
    parkAfter: readTime(reader, 'park-after', day),
    interval: readTime(reader, 'interval', 10 * minute),
  };
}

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

function readPolicy(reader: Reader): Policy {
  return {
    groups: parseGroups(reader.yaml('groups')),
    exclude: readExclude(reader),
    excludeAuthors: reader.boolean('exclude-authors'),
    expires: readTime(reader, 'expires', 30 * day),
  };
}

/** A run can be re-run for 30 days, and a job's token lives for one at most. */
function readTime(reader: Reader, name: InputName, most: number): number {
  const value = reader.duration(name);
  if (value > 0 && value <= most) return value;
  const range = `more than nothing and at most ${most / minute}m`;
  throw new InputError(
    name,
    `a duration of ${range} was expected, ${value / second}s was found`,
    `Choose a duration of ${range}.`,
  );
}

function readExclude(reader: Reader): readonly Role[] {
  const names = reader.list('exclude').filter((name) => name !== 'none');
  return names.map((name) => {
    const role = roles.find((known) => known === name);
    if (role !== undefined) return role;
    const known = `${roles.join(', ')} or none`;
    throw new InputError(
      'exclude',
      `${known} was expected, ${JSON.stringify(name)} was found`,
      `Write a list of ${known}.`,
    );
  });
}

function readEnvironment(reader: Reader): string {
  const name = reader.text('environment');
  if (/^[\p{L}\p{N}][\p{L}\p{N}_./ -]{0,99}$/u.test(name)) return name;
  throw new InputError(
    'environment',
    `the name of an environment was expected, ${JSON.stringify(name.slice(0, 100))} was found`,
    'Give the environment that is to be approved, such as production.',
  );
}

function readBot(reader: Reader): string {
  const bot = reader.text('bot');
  if (/^[a-z\d][a-z\d-]{0,99}\[bot\]$/i.test(bot)) return bot;
  throw new InputError(
    'bot',
    `a login such as github-actions[bot] was expected, ${JSON.stringify(bot.slice(0, 100))} was found`,
    'Give the login under which github-token writes comments; a person may not ask for approval.',
  );
}
