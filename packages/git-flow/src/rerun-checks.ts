// Mode rerun-checks: what staging has just shown may be what a pull request into production was waiting for.
import type { ActionResult } from '@headgate/kit/action';
import type { Context } from '@headgate/kit/context';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { withoutRef, workflowPath } from '@headgate/kit/evidence-run';
import type { GitHub } from '@headgate/kit/github';
import { readGivenDecision } from './given-decision.js';
import { readProject } from './project.js';
import type { RerunChecksInputs } from './release-inputs.js';

interface Pull {
  readonly number: number;
}

interface Run {
  readonly id: number;
  readonly html_url: string;
  readonly path: string;
  readonly head_branch: string | null;
  readonly status: string | null;
  readonly conclusion: string | null;
}

interface Job {
  readonly name: string;
  readonly conclusion: string | null;
}

/**
 * Runs the failed jobs again of the newest check of each open pull request from this branch into production, where
 * `evidence` is what failed: any other failure stays with people. Needs `actions: write` and `pull-requests: read`.
 * Source: trust.md, 'Locks and order'.
 */
export async function rerunChecksRun(inputs: RerunChecksInputs, deps: Deps): Promise<ActionResult> {
  const { context, core } = deps;
  const { branch, commit } = await readGivenDecision(inputs.decision);
  const { branches } = readProject(context.workspace, inputs.configuration).configuration;
  const github = await deps.connectGitHub(inputs.githubToken);
  const route = 'GET /repos/{owner}/{repo}/pulls';
  const head = `${context.repository.owner}:${branch}`;
  const pulls = await github.paginate<Pull>(route, { state: 'open', head, base: branches.production });
  if (pulls.length === 0) {
    core.info(`No pull request from ${branch} into ${branches.production} is open.`);
    return { outputs: {} };
  }
  const run = await newestCheck(github, { context, branch, commit });
  if (run === null || !(await waitsForEvidence(github, run))) {
    core.info('No check of it has failed for want of evidence.');
    return { outputs: {} };
  }
  await rerun(github, run, deps);
  return { outputs: {} };
}

/** Staging has succeeded: that nobody could be woken must not take that back. */
async function rerun(github: GitHub, run: Run, { core }: Deps): Promise<void> {
  try {
    const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs';
    await github.request(route, { run_id: run.id });
    core.notice(`The check that waited for staging is run again: ${run.html_url}`, { title: 'git-flow' });
  } catch (error) {
    if (!(error instanceof ActionError) || error.code === 'cancelled') throw error;
    const message = `${run.html_url} waited for staging and could not be run again: ${error.message}`;
    core.warning(`${message}\nRe-run its failed jobs.`, { title: 'git-flow' });
  }
}

interface Asked {
  readonly context: Context;
  readonly branch: string;
  readonly commit: string;
}

async function newestCheck(github: GitHub, { context, branch, commit }: Asked): Promise<Run | null> {
  const route = 'GET /repos/{owner}/{repo}/actions/runs';
  const query = { head_sha: commit, event: 'pull_request', branch };
  const runs = await github.paginate<Run>(route, query, 'workflow_runs');
  const caller = workflowPath(context);
  const [newest] = runs
    .filter(({ path, head_branch: head }) => withoutRef(path) === caller && head === branch)
    .sort((a, b) => b.id - a.id);
  return newest ?? null;
}

async function waitsForEvidence(github: GitHub, run: Run): Promise<boolean> {
  if (run.status !== 'completed' || run.conclusion !== 'failure') return false;
  const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs';
  const jobs = await github.paginate<Job>(route, { run_id: run.id, filter: 'latest' }, 'jobs');
  return jobs.some(
    ({ name, conclusion }) => name.split(' / ').at(-1) === 'evidence' && conclusion === 'failure',
  );
}
