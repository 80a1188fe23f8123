// One comment on a pull request or issue that is found again by a hidden marker and brought up to date.
import type { GitHub } from './github.js';

export interface StickyComment {
  /** Number of the pull request or issue. */
  readonly issue: number;
  /** Names the comment among those of its issue: letters, digits, dashes and blanks. */
  readonly name: string;
  /** Markdown; longer texts are cut at GitHub's limit. */
  readonly body: string;
}

interface Comment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly type?: string } | null;
}

/** GitHub's limit, counted in characters. */
export const maxCommentLength = 65_536;

/** First line of the comment; nobody sees it. */
export function commentMarker(name: string): string {
  return `<!-- headgate-${name} -->`;
}

export type CommentChange = 'created' | 'updated' | 'unchanged';

export interface FoundComment {
  readonly id: number;
  /** With its marker. */
  readonly body: string;
}

/** Writes the comment, or rewrites the one that a bot wrote under the same name. Answers which. */
export async function upsertStickyComment(github: GitHub, comment: StickyComment): Promise<CommentChange> {
  return writeStickyComment(github, comment, await findStickyComment(github, comment));
}

/** The comment that a bot wrote under this name; null when there is none. */
export async function findStickyComment(
  github: GitHub,
  { issue, name }: Pick<StickyComment, 'issue' | 'name'>,
): Promise<FoundComment | null> {
  const marker = commentMarker(name);
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const comments = await github.paginate<Comment>(route, { issue_number: issue });
  // Anybody may write the marker; a person's comment is never taken for ours.
  const own = comments.find(
    (comment) => comment.user?.type === 'Bot' && comment.body?.startsWith(marker) === true,
  );
  return own === undefined ? null : { id: own.id, body: own.body ?? '' };
}

/** Rewrites what `findStickyComment` found, or writes it anew. */
export async function writeStickyComment(
  github: GitHub,
  { issue, name, body }: StickyComment,
  found: FoundComment | null,
): Promise<CommentChange> {
  const text = `${commentMarker(name)}\n${body}`.slice(0, maxCommentLength);
  if (found === null) {
    const create = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    await github.request(create, { issue_number: issue, body: text });
    return 'created';
  }
  if (found.body === text) return 'unchanged';
  const update = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
  await github.request(update, { comment_id: found.id, body: text });
  return 'updated';
}
