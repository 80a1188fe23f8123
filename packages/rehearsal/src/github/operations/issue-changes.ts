// What issues, pull requests and comments share when they change: who acts, who may edit, events.
import { type Actor, raise } from '../events.js';
import { resolveObject, zeroSha } from '../git-reading.js';
import type { RepositoryCall } from '../operation.js';
import type { Json } from '../present/forms.js';
import type { IssueState, PullState } from '../records.js';
import { HttpProblem } from '../reply.js';

export const actorOf = (call: RepositoryCall): Actor => ({
  login: call.caller.login,
  raises: !call.caller.jobToken,
});

/** What somebody wrote is changed by its author or by people who can write. Source: https://docs.github.com/communities/moderating-comments-and-conversations/managing-disruptive-comments */
export function mayEdit(call: RepositoryCall, author: string): void {
  if (call.caller.login.toLowerCase() === author.toLowerCase()) return;
  if (call.caller.jobToken || call.caller.level(call.repository, 'contents') === 'write') return;
  throw new HttpProblem(
    403,
    `Must have write access to ${call.repository.fullName} to edit what ${author} wrote.`,
  );
}

/** Adds an issue, or the issue half of a pull request: both count with the same numbers. */
export function newIssue(
  call: RepositoryCall,
  given: { title: string; body: string | null; pull: PullState | null },
): IssueState {
  const { repository, state } = call;
  const now = state.clock.now();
  const issue: IssueState = {
    id: state.nextId(),
    number: repository.nextNumber,
    author: call.caller.login,
    via: call.caller.via ?? null,
    createdAt: now,
    updatedAt: now,
    title: given.title,
    body: given.body,
    state: 'open',
    closedAt: null,
    closedBy: null,
    labels: [],
    pull: given.pull,
  };
  repository.nextNumber += 1;
  repository.issues.set(issue.number, issue);
  return issue;
}

/**
 * Raises an event whose workflows run on the default branch (issues, issue_comment).
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#issue_comment
 */
export async function raiseOnDefault(call: RepositoryCall, name: string, payload: Json): Promise<void> {
  const { state, repository } = call;
  const ref = `refs/heads/${repository.settings.defaultBranch}`;
  const sha = (await resolveObject(repository.git, ref)) ?? zeroSha;
  raise(state, repository, { actor: actorOf(call), event: { name, ref, sha, payload } });
}
