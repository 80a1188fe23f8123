// Requests among the comments of a thread, and how each of them stands.
import { type End, type RequestMarker, readMarker } from './marker.js';
import type { Comment } from './thread.js';

export interface Request {
  readonly comment: Comment;
  readonly marker: RequestMarker;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** How it ended, as one of our comments says; null while it is open. */
  readonly end: End | null;
  /** Attempts of the run that stopped waiting for it. */
  readonly parked: readonly number[];
}

/** A runner's clock and GitHub's may differ by this much. Milliseconds. */
const skew = 5 * 60_000;

/**
 * Every request in the thread, oldest first. Only comments by the token's own bot identity count; one whose deadline
 * is later than the policy allows counts from nobody.
 */
export function requestsIn(comments: readonly Comment[], bot: string): readonly Request[] {
  const own = comments.filter((comment) => isOwn(comment, bot));
  return own.flatMap((comment) => {
    const marked = readMarker(comment.body);
    if (marked?.kind !== 'request') return [];
    const { request: marker } = marked;
    const { end, parked } = standing(own, marker.nonce);
    return [{ comment, marker, deadline: Date.parse(marker.deadline), end, parked }];
  });
}

/** By us: a bot of exactly this login. */
export function isOwn(comment: Comment, bot: string): boolean {
  return comment.bot && comment.author.toLowerCase() === bot.toLowerCase();
}

/** Ids of comments that have had a reply from us. */
export function answered(comments: readonly Comment[], bot: string): ReadonlySet<number> {
  const replies = comments.filter((comment) => isOwn(comment, bot)).map(({ body }) => readMarker(body));
  return new Set(replies.flatMap((marked) => (marked?.kind === 'reply' ? [marked.comment] : [])));
}

/** A request asks for no more time than its policy gives, whatever its text says. */
export function withinPolicy({ comment, deadline }: Request, expires: number): boolean {
  return deadline <= comment.createdAt + expires + skew;
}

/** A refusal stands whatever else was said; that it was approved is never taken from a comment. */
function standing(own: readonly Comment[], nonce: string): Pick<Request, 'end' | 'parked'> {
  const marks = own.map(({ body }) => readMarker(body));
  const said = marks.flatMap((marked) =>
    marked?.kind === 'end' && marked.nonce === nonce ? [marked.end] : [],
  );
  const parked = marks.flatMap((marked) =>
    marked?.kind === 'parked' && marked.nonce === nonce ? [marked.attempt] : [],
  );
  return { end: said.find((end) => end !== 'approved') ?? said[0] ?? null, parked };
}
