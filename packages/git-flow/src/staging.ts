// Why staging has shown nothing for a tree: a run on its way, or what somebody has to do first.

import type { Decision } from '@headgate/configuration/decision';
import type { Branches } from '@headgate/configuration/schema';
import type { Context } from '@headgate/kit/context';
import type { ActionError } from '@headgate/kit/errors';
import type { Refusal } from '@headgate/kit/evidence';
import { levelOfBranch, withoutRef, workflowPath } from '@headgate/kit/evidence-run';
import type { GitHub } from '@headgate/kit/github';
import { failure } from './failures.js';
import type { MergeCommit } from './merge-commit.js';
import { mergedBranch } from './merged-branch.js';

interface Run {
  readonly id: number;
  readonly html_url: string;
  readonly event: string;
  readonly status: string | null;
  readonly path: string;
  readonly head_branch: string | null;
}

export interface StagingQuestion {
  readonly decision: Decision;
  readonly context: Context;
  readonly branches: Branches;
  readonly merge: MergeCommit;
  /** Whether the tip of the merged branch has the tree that is to be promoted. */
  readonly sameTree: boolean;
  readonly refused: readonly Refusal[];
  /** Why the tag of the release shows nothing either. */
  readonly byTag: string;
}

export type OpenQuestion = Omit<StagingQuestion, 'refused' | 'byTag'>;

/** The error that says what to do: `staging-pending` while a run of staging is on its way, else `evidence-missing`. */
export async function explainMissing(
  github: GitHub,
  question: StagingQuestion,
  run: ActiveRun | null,
): Promise<ActionError> {
  if (run === null) return missing(question, await branchToPush(github, question));
  const message = `staging was expected to have run the tree ${question.decision.tree}; ${run.html_url} of ${run.head_branch} is ${run.status} yet`;
  return failure(
    'staging-pending',
    message,
    'When that run has ended well it runs the failed jobs of a pull request again; those of a push you re-run.',
  );
}

export type ActiveRun = Pick<Run, 'id' | 'html_url' | 'head_branch' | 'status'>;

/** The run of staging for this tree that has not ended. Needs `actions: read`. */
export async function findActiveRun(
  github: GitHub,
  { context, branches, merge, sameTree }: OpenQuestion,
): Promise<ActiveRun | null> {
  if (!sameTree) return null;
  const route = 'GET /repos/{owner}/{repo}/actions/runs';
  const runs = await github.paginate<Run>(route, { head_sha: merge.merged }, 'workflow_runs');
  const caller = workflowPath(context);
  const active = runs.find(
    ({ status, event, path, head_branch: branch }) =>
      status !== 'completed' &&
      (event === 'push' || event === 'workflow_dispatch') &&
      withoutRef(path) === caller &&
      levelOfBranch(branch ?? '', branches) === 'production',
  );
  return active ?? null;
}

/** More reasons than people read. */
const mostReasons = 3;

/** After the merge: the branch that was merged, or what it should have been called. */
async function branchToPush(github: GitHub, { decision, branches, merge }: StagingQuestion): Promise<string> {
  if (decision.evidence !== 'promote') return decision.branch;
  const merged = await mergedBranch(github, { commit: merge.commit, base: branches.production });
  const counts = merged !== null && levelOfBranch(merged, branches) === 'production';
  return counts ? merged : `${branches.release}X.Y.Z`;
}

function missing(question: StagingQuestion, branch: string): ActionError {
  const { decision, refused, byTag } = question;
  const reasons = refused
    .slice(0, mostReasons)
    .map(({ runId, reason }) => `run ${runId ?? 'unknown'}: ${reason}`);
  const runs = reasons.length === 0 ? 'no run has left one' : reasons.join('; ');
  const found = decision.evidence === 'promote' ? `${runs}; ${byTag}` : runs;
  const message = `the record of a successful run of staging was expected for the tree ${decision.tree}; ${found}`;
  return failure('evidence-missing', message, cure(question, branch));
}

function cure({ decision, branches, merge, sameTree }: StagingQuestion, branch: string): string {
  if (decision.event === 'merge_group')
    return `Take the pull request out of the queue, merge ${branches.production} into its branch, let that reach staging, then queue it again.`;
  if (decision.evidence === 'promote') {
    return `Push ${branch} at this commit (git push origin ${merge.commit}:refs/heads/${branch}), let its run reach staging, then re-run this run.`;
  }
  if (sameTree)
    return `Let the run of ${branch} reach staging (re-run its failed jobs), then re-run this one.`;
  return `Merge ${branches.production} into ${branch} and push it, so that staging runs what production will get; that push starts this check anew.`;
}
