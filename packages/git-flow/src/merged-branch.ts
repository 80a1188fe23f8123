// Which branch a merge commit brought in, as its pull request says.
import type { GitHub } from '@headgate/kit/github';

interface Listed {
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly ref: string; readonly repo?: { readonly full_name: string } | null };
  readonly base: { readonly ref: string; readonly repo?: { readonly full_name: string } | null };
}

export interface MergedCommit {
  readonly commit: string;
  /** Short name of the branch it is on. */
  readonly base: string;
}

/** Short name of the head branch of the pull request that became `commit`; null without one. Needs `pull-requests: read`. */
export async function mergedBranch(github: GitHub, { commit, base }: MergedCommit): Promise<string | null> {
  const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls';
  const pulls = await github.paginate<Listed>(route, { commit_sha: commit });
  const merged = pulls.find(
    (pull) => pull.merged_at !== null && pull.merge_commit_sha === commit && pull.base.ref === base,
  );
  return merged?.head.ref ?? null;
}
