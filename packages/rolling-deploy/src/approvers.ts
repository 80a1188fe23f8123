// Who may let a paused deployment go on: the people of the environment's approval, in the action's own inputs.
import { InputError } from '@headgate/kit/errors';
import type { Reader } from './input-forms.js';
import type { Strategy } from './strategy.js';

export const approverSpecs = {
  approvers: { default: '' },
  'approvers-exclude': { default: 'actor,triggering-actor,merger,pull-request-author' },
  'approvers-interval': { default: '15s' },
} as const;

const roles = ['actor', 'triggering-actor', 'merger', 'pull-request-author'] as const;

export interface Approvers {
  /** Logins; compared without regard to case. */
  readonly people: readonly string[];
  readonly exclude: readonly (typeof roles)[number][];
  /** Milliseconds between two looks at what they say. */
  readonly intervalMs: number;
}

/** GitHub's own form: a team has a slash, a bot has brackets. */
const login = /^[A-Za-z\d](?:[A-Za-z\d_-]{0,98}[A-Za-z\d])?$/;

/** @throws {InputError} also for a strategy that would wait for nobody */
export function readApprovers(reader: Reader, strategy: Strategy): Approvers {
  const people = reader.list('approvers');
  const wrong = people.find((one) => !login.test(one));
  if (wrong !== undefined)
    throw new InputError(
      'approvers',
      `the login of a person was expected, ${JSON.stringify(wrong.slice(0, 80))} was found`,
      'List people by login.',
    );
  if (waitsForPeople(strategy)) {
    const missing = people.length === 0 ? 'approvers' : 'github-token';
    if (people.length === 0 || reader.text('github-token') === '')
      throw new InputError(
        missing,
        'the strategy pauses for an approval, and it was not given',
        'Say who may approve, and pass a token with the permission issues write; or write pause: 10m.',
      );
  }
  return { people, exclude: readExclude(reader), intervalMs: readInterval(reader) };
}

/** A token has 5,000 requests an hour. @throws {InputError} */
function readInterval(reader: Reader): number {
  const ms = reader.duration('approvers-interval');
  if (ms >= 1_000) return ms;
  throw new InputError('approvers-interval', 'a second at least was expected', 'Write for example 15s.');
}

function readExclude(reader: Reader): Approvers['exclude'] {
  const exclude = reader.list('approvers-exclude').filter((one) => one !== 'none');
  return exclude.map((one) => {
    const role = roles.find((known) => known === one);
    if (role !== undefined) return role;
    const known = `${roles.join(', ')} or none`;
    throw new InputError(
      'approvers-exclude',
      `${JSON.stringify(one.slice(0, 80))} is none`,
      `Write ${known}.`,
    );
  });
}

export function waitsForPeople(strategy: Strategy): boolean {
  return (
    strategy.kind === 'canary' &&
    strategy.steps.some(({ pauses = [] }) => pauses.some(({ kind }) => kind === 'approval'))
  );
}
