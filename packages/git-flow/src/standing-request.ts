// The pull requests of the standing branch of a target: the open one, and one that was merged without its history.
import type { Context } from '@headgate/kit/context';
import { ActionError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import type { BranchGround } from './branch-ground.js';
import { standingBranch } from './standing-branch.js';

export interface StandingRequest {
  readonly number: number;
  readonly html_url: string;
  readonly body?: string | null;
  readonly merged_at?: string | null;
  readonly user?: { readonly type?: string } | null;
  readonly head: { readonly sha: string };
}

export interface StandingQuestion {
  readonly target: string;
  readonly context: Pick<Context, 'repository'>;
}

const list = 'GET /repos/{owner}/{repo}/pulls';

export async function openRequest(
  github: GitHub,
  { target, context }: StandingQuestion,
): Promise<StandingRequest | null> {
  const head = `${context.repository.owner}:${standingBranch(target)}`;
  const [open] = await github.paginate<StandingRequest>(list, { head, base: target, state: 'open' });
  return open ?? null;
}

/**
 * The last request that was squashed or rebased into the target: its changes are there, the commits that it carried are
 * not, so that git knows nothing of the merge and the next one meets the same conflicts. Null when there is none.
 */
export async function lostRequest(
  github: GitHub,
  ground: BranchGround,
  { target, context }: StandingQuestion,
): Promise<StandingRequest | null> {
  const head = `${context.repository.owner}:${standingBranch(target)}`;
  const query = { head, base: target, state: 'closed', sort: 'updated', direction: 'desc', per_page: 10 };
  const { data } = await github.request<readonly StandingRequest[]>(list, query);
  const merged = data.find(({ merged_at: at }) => typeof at === 'string');
  const tip = await ground.tip(target);
  if (merged === undefined || tip === null) return null;
  return (await ground.history.isAncestor(merged.head.sha, tip)) ? null : merged;
}

/** Closes the open request once its target contains the release. One whose commits went in GitHub closes itself. */
export async function closeCaughtUp(
  github: GitHub,
  ground: BranchGround,
  { version, ...question }: StandingQuestion & { readonly version: string },
): Promise<string | null> {
  try {
    const open = await openRequest(github, question);
    if (open === null || open.user?.type !== 'Bot') return null;
    const tip = await ground.tip(question.target);
    if (tip !== null && (await ground.history.isAncestor(open.head.sha, tip))) return null;
    const body = `Closed: the branch contains v${version} by now.\n\n${open.body ?? ''}`;
    const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
    await github.request(route, { pull_number: open.number, state: 'closed', body });
    return open.html_url;
  } catch (error) {
    // The merge is done: an open request beside it is untidy, no failure.
    if (error instanceof ActionError && error.code !== 'cancelled') return null;
    throw error;
  }
}
