// One comment on a pull request that is found again by a hidden marker and brought up to date.
import { sha256Hex } from '@headgate/kit/digest';
import type { GitHub } from '@headgate/kit/github';

/** GitHub's limit, counted in characters. */
export const maxCommentLength = 65_536;

interface Comment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly type?: string } | null;
}

/** First line of the comment; nobody sees it. */
export function commentMarker(parts: readonly string[]): string {
  return `<!-- headgate-plan ${sha256Hex(parts.join('\n')).slice(0, 16)} -->`;
}

/** Writes the comment, or rewrites the one that a bot wrote with the same marker. Answers which. */
export async function upsertComment(
  github: GitHub,
  issue: number,
  { marker, body }: { readonly marker: string; readonly body: string },
): Promise<'created' | 'updated' | 'unchanged'> {
  const text = `${marker}\n${body}`;
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const comments = await github.paginate<Comment>(route, { issue_number: issue });
  // Anybody may write the marker; a person's comment is never taken for ours.
  const own = comments.find(
    (comment) => comment.user?.type === 'Bot' && comment.body?.startsWith(marker) === true,
  );
  if (own === undefined) {
    const create = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    await github.request(create, { issue_number: issue, body: text });
    return 'created';
  }
  if (own.body === text) return 'unchanged';
  const update = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
  await github.request(update, { comment_id: own.id, body: text });
  return 'updated';
}

/** The number of the pull request that this run is about, or null. */
export function pullRequestOf(event: Readonly<Record<string, unknown>>): number | null {
  const { number } = (event['pull_request'] ?? {}) as { number?: unknown };
  return Number.isSafeInteger(number) ? Number(number) : null;
}
