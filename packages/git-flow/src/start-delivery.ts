// A push by the job token starts no workflow, so the branch that got a merge is given its run by hand.
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { BackMergeInputs } from './release-inputs.js';

export interface Start {
  readonly inputs: Pick<BackMergeInputs, 'githubToken' | 'workflow'>;
  readonly deps: Pick<Deps, 'connectGitHub' | 'core'>;
}

/**
 * Starts `workflow` on `branch`; a warning says how to do it when GitHub refuses. The merge stands either way.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_dispatch
 */
export async function startDelivery(branch: string, { inputs, deps }: Start): Promise<void> {
  const { workflow, githubToken } = inputs;
  try {
    const github = await deps.connectGitHub(githubToken);
    const route = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
    await github.request(route, { workflow_id: workflow, ref: branch });
    deps.core.info(`started ${workflow} on ${branch}`);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    deps.core.warning(
      `${branch} got the merge, but ${workflow} could not be started on it: ${error.message}. ` +
        `Give the job actions: write and ${workflow} the trigger workflow_dispatch; until then run it by hand on ${branch}.`,
      { title: 'git-flow' },
    );
  }
}

export interface Tip {
  /** The commit that a branch is at. */
  readonly commit: string;
  /** Its parents. */
  readonly parents: readonly string[];
}

/**
 * True when the branch is still at our merge of `source` and nothing was ever started for it: an earlier call was
 * stopped between the push and the start. Needs `actions: read`; where it may not ask it says false.
 */
export async function wasNeverStarted(
  { commit, parents }: Tip,
  source: string,
  { inputs, deps }: Start,
): Promise<boolean> {
  if (parents[1] !== source) return false;
  try {
    const github = await deps.connectGitHub(inputs.githubToken);
    const route = 'GET /repos/{owner}/{repo}/actions/runs';
    const { data } = await github.request<{ readonly total_count?: number }>(route, {
      head_sha: commit,
      per_page: 1,
    });
    return data.total_count === 0;
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return false;
  }
}
