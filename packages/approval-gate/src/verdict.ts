// What the comments of a thread mean for one request: who approved, who objected, and what did not count and why.
import { type Command, type Misuse, readCommand } from './command.js';
import { key, listedPeople, type Policy } from './policy.js';
import { assign } from './quorum.js';
import { answered, isOwn, type Request, requestsIn } from './requests.js';
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

export interface Refusal {
  readonly comment: Comment;
  readonly why: Why;
}

export interface Vote {
  readonly login: string;
  readonly comment: Comment;
}

export interface Approval extends Vote {
  readonly group: string;
}

export type Decision =
  | { readonly kind: 'approved'; readonly approvals: readonly Approval[] }
  | { readonly kind: 'rejected'; readonly by: Vote | null }
  | { readonly kind: 'superseded'; readonly by: string | null }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'waiting'; readonly approvals: readonly Approval[] };

export interface Verdict {
  readonly decision: Decision;
  /** Comments that look like a command and did not count, and have had no reply. */
  readonly refusals: readonly Refusal[];
}

/**
 * Fails closed, in this order: ended or superseded, expired, veto, quorum over distinct people.
 * Pure: the same comments give the same verdict, in whichever attempt they are read.
 */
export function judge(question: Question, comments: readonly Comment[]): Verdict {
  const { request, bot } = question;
  const later = comments.filter(({ id }) => id > request.comment.id);
  const others = otherDigits(question, comments);
  const judged = later
    .filter((comment) => !isOwn(comment, bot))
    .map((comment) => ({ comment, ...weigh(question, comment, others) }));
  const replied = answered(comments, bot);
  const refusals = judged.flatMap(({ comment, why }) =>
    why === null || replied.has(comment.id) ? [] : [{ comment, why }],
  );
  const votes = (verb: 'approve' | 'reject'): readonly Vote[] =>
    judged.flatMap(({ comment, counts }) => (counts === verb ? [{ login: comment.author, comment }] : []));
  return {
    decision: decide(question, comments, { approve: votes('approve'), reject: votes('reject') }),
    refusals,
  };
}

interface Votes {
  readonly approve: readonly Vote[];
  readonly reject: readonly Vote[];
}

function decide(question: Question, comments: readonly Comment[], votes: Votes): Decision {
  const { request, policy, now } = question;
  const newer = supersedes(question, comments);
  if (request.end === 'superseded' || newer !== null) return { kind: 'superseded', by: newer };
  const [veto = null] = votes.reject;
  if (request.end === 'rejected' || (veto !== null && request.end !== 'timed-out'))
    return { kind: 'rejected', by: veto };
  if (request.end === 'timed-out' || now > request.deadline) return { kind: 'timed-out' };
  const { people, complete } = assign(
    policy.groups,
    votes.approve.map(({ login }) => login),
  );
  const approvals = votes.approve.flatMap((vote, index) => {
    const group = people.get(vote.login);
    const first = votes.approve.findIndex(({ login }) => key(login) === key(vote.login)) === index;
    return group === undefined || !first ? [] : [{ ...vote, group }];
  });
  return { kind: complete ? 'approved' : 'waiting', approvals };
}

/** The address of a request that took this one's place: for the same environment, by a newer run or for another subject. */
function supersedes({ request, bot }: Question, comments: readonly Comment[]): string | null {
  const { marker, comment } = request;
  const newer = requestsIn(comments, bot).find(
    (other) =>
      other.marker.environment === marker.environment &&
      (other.marker.run > marker.run || (other.marker.run === marker.run && other.comment.id > comment.id)),
  );
  return newer?.comment.url ?? null;
}

/** Digits of requests for other environments in the same thread: their commands are not ours to answer. */
function otherDigits({ request, bot }: Question, comments: readonly Comment[]): ReadonlySet<string> {
  const others = requestsIn(comments, bot).filter(
    ({ marker }) => marker.environment !== request.marker.environment,
  );
  const digits = new Set(others.map(({ marker }) => digitsOf(marker.subject)));
  digits.delete(digitsOf(request.marker.subject));
  return digits;
}

/** The first 12 hex digits of `sha256:…`: what people repeat. */
export function digitsOf(subject: string): string {
  return subject.replace(/^sha256:/, '').slice(0, 12);
}

interface Weight {
  readonly counts: 'approve' | 'reject' | null;
  readonly why: Why | null;
}

function weigh(question: Question, comment: Comment, others: ReadonlySet<string>): Weight {
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
