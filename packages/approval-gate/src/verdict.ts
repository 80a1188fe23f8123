// What the comments of a thread mean for one request: who approved, who objected, and what did not count and why.
import { key } from './policy.js';
import { assign } from './quorum.js';
import { answered, isOwn, requestsIn } from './requests.js';
import type { Comment } from './thread.js';
import { otherDigits, type Question, type Why, weigh } from './weighing.js';

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
  const others = otherDigits(question, comments);
  const judged = comments
    .filter((comment) => comment.id > request.comment.id && !isOwn(comment, bot))
    .map((comment) => ({ comment, ...weigh(question, comment, others) }));
  const votes = (verb: 'approve' | 'reject'): readonly Vote[] =>
    judged.flatMap(({ comment, counts }) => (counts === verb ? [{ login: comment.author, comment }] : []));
  const given = { approve: votes('approve'), reject: votes('reject') };
  const heard = new Set([...given.approve, ...given.reject].map(({ login }) => key(login)));
  const replied = answered(comments, bot);
  const refusals = judged.flatMap(({ comment, why }) => {
    // Whoever has said it in the right form may also say it in words.
    const needless = why === 'words' && heard.has(key(comment.author));
    return why === null || needless || replied.has(comment.id) ? [] : [{ comment, why }];
  });
  return { decision: decide(question, comments, given), refusals };
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
