// What one comment counts for, or why it counts for nothing.
import { type Command, type Misuse, readCommand } from './command.js';
import { digitsOf } from './digits.js';
import { key, listedPeople, type Policy } from './policy.js';
import { type Request, requestsIn } from './requests.js';
import type { Comment } from './thread.js';

export interface Question {
  readonly request: Request;
  readonly policy: Policy;
  /** Login in lower case → why this person may not approve. */
  readonly excluded: ReadonlyMap<string, string>;
  readonly bot: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Why = Misuse | 'bot' | 'not-listed' | 'edited' | 'stale' | 'excluded' | 'late';

export interface Weight {
  readonly counts: 'approve' | 'reject' | null;
  readonly why: Why | null;
}

/** `others`: see `otherDigits`. */
export function weigh(question: Question, comment: Comment, others: ReadonlySet<string>): Weight {
  const command = readCommand(comment.body);
  if (command.kind === 'talk') return { counts: null, why: null };
  if (command.kind === 'command' && others.has(command.digits)) return { counts: null, why: null };
  const why = objection(question, comment, command);
  return { counts: why === null && command.kind === 'command' ? command.verb : null, why };
}

function objection(
  { request, policy, excluded }: Question,
  comment: Comment,
  command: Exclude<Command, { kind: 'talk' }>,
): Why | null {
  const listed = listedPeople(policy.groups).some((login) => key(login) === key(comment.author));
  // Plain words are an attempt only when they come from somebody who was asked.
  if (command.kind === 'misuse' && command.misuse === 'words') return listed && !comment.bot ? 'words' : null;
  if (comment.bot) return 'bot';
  if (!listed) return 'not-listed';
  if (command.kind === 'misuse') return command.misuse;
  if (comment.edited) return 'edited';
  if (command.digits !== digitsOf(request.marker.subject)) return 'stale';
  if (comment.createdAt > request.deadline) return 'late';
  // Whoever took part may not approve, but may always object.
  return command.verb === 'approve' && excluded.has(key(comment.author)) ? 'excluded' : null;
}

/** Digits of requests for other environments in the same thread: their commands are not ours to answer. */
export function otherDigits({ request, bot }: Question, comments: readonly Comment[]): ReadonlySet<string> {
  const others = requestsIn(comments, bot).filter(
    ({ marker }) => marker.environment !== request.marker.environment,
  );
  const digits = new Set(others.map(({ marker }) => digitsOf(marker.subject)));
  digits.delete(digitsOf(request.marker.subject));
  return digits;
}
