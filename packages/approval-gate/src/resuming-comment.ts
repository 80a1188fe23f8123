// Which request a new comment belongs to, as far as an event can say it.
import type { Context } from '@headgate/kit/context';
import { readCommand } from './command.js';
import { digitsOf } from './digits.js';
import { key } from './policy.js';
import type { Request } from './requests.js';

export interface Asked {
  readonly thread: number;
  /** '' when the command does not have its form. */
  readonly digits: string;
  readonly author: string;
}

/** What the comment asks for, or why it asks for nothing. */
export function readEvent(context: Pick<Context, 'event' | 'eventName'>): Asked | string {
  const { action, issue, comment } = context.event as {
    readonly action?: unknown;
    readonly issue?: { readonly number?: unknown };
    readonly comment?: {
      readonly body?: unknown;
      readonly user?: { readonly login?: unknown; readonly type?: unknown };
    };
  };
  if (context.eventName !== 'issue_comment' || action !== 'created') return 'the event is no new comment';
  const { login, type } = comment?.user ?? {};
  if (type !== 'User' || typeof login !== 'string') return 'the comment was not written by a person';
  const command = readCommand(typeof comment?.body === 'string' ? comment.body : '');
  if (command.kind === 'talk') return 'the comment holds no command';
  if (typeof issue?.number !== 'number') return 'the event names no thread';
  return { thread: issue.number, digits: command.kind === 'command' ? command.digits : '', author: login };
}

/**
 * The newest open request that asked this person, or why there is none. A command without its form, or with other
 * digits, wakes the run as well: only the run can say why it does not count.
 */
export function chooseRequest(requests: readonly Request[], { digits, author }: Asked): Request | string {
  const open = requests.filter(({ end }) => end === null);
  if (open.length === 0) return 'no request in this thread is open';
  const asked = open.filter(({ marker }) => marker.people.some((login) => key(login) === key(author)));
  const fitting = asked.filter(({ marker }) => digitsOf(marker.subject) === digits);
  return (fitting.length > 0 ? fitting : asked).at(-1) ?? 'the comment was written by nobody who was asked';
}
