// The commit that a run is about, as the merge it must be: production before it, and the branch that came in.
import type { GitHistory } from '@headgate/kit/git-history';
import { failure } from './failures.js';

export interface MergeCommit {
  readonly commit: string;
  /** Production before the merge. */
  readonly production: string;
  /** Tip of the branch that was merged. */
  readonly merged: string;
}

/** @throws {ActionError} `not-a-merge` for a squashed, rebased or directly pushed commit */
export async function readMerge(history: Pick<GitHistory, 'parents'>, commit: string): Promise<MergeCommit> {
  const parents = await history.parents(commit);
  const [production, merged] = parents;
  if (parents.length === 2 && production !== undefined && merged !== undefined) {
    return { commit, production, merged };
  }
  const found = parents.length === 1 ? 'one parent' : `${parents.length} parents`;
  const message = `a merge commit was expected, ${commit} has ${found}`;
  const hint =
    'Under Settings → General → Pull Requests allow merge commits alone; merge release and hotfix branches by pull request. What is on the branch now goes out with the next release.';
  throw failure('not-a-merge', message, hint);
}
