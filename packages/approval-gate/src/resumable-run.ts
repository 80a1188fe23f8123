// Whether a run may be run again on account of a comment (source: trust.md, 'Approval' and 'Evidence').
import { withoutRef } from '@headgate/kit/evidence-run';
import type { GitHub } from '@headgate/kit/github';
import { statusOf } from '@headgate/kit/octokit-errors';
import type { Request } from './requests.js';

/** As GitHub's REST describes a run; only what is read here. */
export interface ResumableRun {
  readonly id: number;
  readonly html_url: string;
  readonly event: string;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly path: string;
  readonly head_branch: string | null;
  readonly run_attempt: number;
  readonly created_at: string;
  readonly repository: { readonly id: number };
  readonly head_repository: { readonly id: number } | null;
}

export interface Resumption {
  /** The run that asks. */
  readonly own: ResumableRun;
  readonly request: Request;
  /** '' for the branch that the request names. */
  readonly branch: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const day = 24 * 60 * 60_000;
/** GitHub's own limits. */
const mostDays = 30;
const mostAttempts = 50;

/** The reason against it, or null. */
export function refuseResume(run: ResumableRun, { own, request, branch, now }: Resumption): string | null {
  const pushed = run.head_branch ?? '';
  if (run.head_repository?.id !== run.repository.id) return 'it came from another repository';
  if (run.repository.id !== own.repository.id) return 'it belongs to another repository';
  if (run.event !== 'push' && run.event !== 'workflow_dispatch')
    return `it was started by ${run.event}, not by a push or by hand`;
  if (`refs/heads/${pushed}` !== request.marker.ref)
    return 'its branch is not the one that the request names';
  if (branch !== '' && pushed !== branch) return `its branch ${pushed} is not ${branch}`;
  if (withoutRef(run.path) !== withoutRef(own.path)) return `it came from the workflow ${run.path}`;
  if (run.conclusion !== 'failure') return `it ended as ${run.conclusion ?? run.status ?? 'nothing'}`;
  if (now >= Date.parse(run.created_at) + mostDays * day) return `it is older than ${mostDays} days`;
  if (run.run_attempt >= mostAttempts)
    return `it has had ${run.run_attempt} attempts, and GitHub allows ${mostAttempts}`;
  return null;
}

/** @throws {ActionError} as the GitHub port does. */
export async function readRun(github: GitHub, id: number): Promise<ResumableRun> {
  const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
  return (await github.request<ResumableRun>(route, { run_id: id })).data;
}

/** Two comments may come at once: when the run goes on already, the second has nothing left to do. */
export async function rerunFailedJobs(github: GitHub, id: number): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs';
  try {
    await github.request(route, { run_id: id });
  } catch (error) {
    if (statusOf(error) !== 403 || (await readRun(github, id)).status === 'completed') throw error;
  }
}
