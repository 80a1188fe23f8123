// What people should know about a push itself: history that was rewritten, and a push that changed nothing.
import type { PushFacts } from './facts.js';
import { failure } from './failures.js';
import type { Route } from './route.js';

/**
 * Sentences for the summary.
 * @throws {ActionError} `branch-rewritten` on production: what it contained is what was approved and tagged
 */
export function pushNotices(push: PushFacts | null, route: Route): readonly string[] {
  if (push === null || route.nothing !== null) return [];
  const { branch, branchKind } = route;
  const before = push.before.slice(0, 12);
  if (push.rewritten && branchKind === 'production') {
    const message = `${branch} was expected to contain ${push.before}, which it was at before; it was pushed by force`;
    const hint = `Put it back (git push --force-with-lease origin ${push.before}:refs/heads/${branch}) and forbid force pushes to it. Nothing is released from this push; the next merge is judged as always.`;
    throw failure('branch-rewritten', message, hint);
  }
  const notices: string[] = [];
  if (push.rewritten)
    notices.push(
      `${branch} was pushed by force: it does not contain ${before} any more.${riskOf(branchKind)}`,
    );
  if (push.sameTree && route.images !== 'none')
    notices.push(
      `The files are those of ${before}: an image that was built and published of them is taken as it is.`,
    );
  return notices;
}

/** A feature branch is rebased every day; what is numbered and merged by others is not. */
function riskOf(kind: Route['branchKind']): string {
  switch (kind) {
    case 'release':
    case 'hotfix':
      return ' Candidates are numbered by counting commits: a number that is published already is refused for another image; add a commit then.';
    case 'development':
    case 'support':
      return ' Whoever merged from it before must look at what that commit had.';
    default:
      return '';
  }
}
