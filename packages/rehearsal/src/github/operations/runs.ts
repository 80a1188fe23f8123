// Operations on workflow runs and their jobs; what changes a run is handed to the engine.
import type { RunRequest, RunState } from '../../model.js';
import { findCommit, readCommit } from '../git-reading.js';
import { fitsRange } from '../list-order.js';
import { numberOf, type RepositoryCall, type RepositoryOperations } from '../operation.js';
import { presentPushedCommit } from '../present/commit.js';
import type { Json } from '../present/forms.js';
import { presentJob, presentRun } from '../present/run.js';
import { workflowId } from '../present/workflow.js';
import { created, HttpProblem, notFound, ok, type Reply } from '../reply.js';
import { latestJobs, runsOf } from '../run-reading.js';
import { blobAddress } from '../signed-blobs.js';

function runNamed(call: RepositoryCall): RunState {
  const run = call.state.runs.get(numberOf(call, 'run_id'));
  if (run === undefined || run.repository !== call.repository.fullName) throw notFound();
  return run;
}

async function shownRun(call: RepositoryCall, run: RunState): Promise<Json> {
  const { state, repository } = call;
  const sha = await findCommit(repository.git, run.headSha);
  const commit =
    sha === null ? null : presentPushedCommit(state, repository, await readCommit(repository.git, sha));
  const shown = presentRun(state, repository, { run, headCommit: commit });
  return call.query['exclude_pull_requests'] === 'true' ? { ...shown, pull_requests: [] } : shown;
}

/** The run as it ended in a former attempt; itself for the current one. */
function attemptOf(run: RunState, attempt: number): RunState {
  const former = run.formerAttempts?.find((one) => one.attempt === attempt);
  return former === undefined ? run : { ...run, ...former, status: 'completed' };
}

/** Which runs a list is of. Its query is read once, also where there is no run to hold against it. */
function listedBy(call: RepositoryCall): (run: RunState) => boolean {
  const { actor, branch, event, status, head_sha: sha, created: range } = call.query;
  const workflow = call.path['workflow_id'];
  return (run) =>
    (workflow === undefined ||
      workflow === run.workflowPath.split('/').at(-1) ||
      Number(workflow) === workflowId(call.repository, run.workflowPath)) &&
    (actor === undefined || run.event.actor === actor) &&
    (branch === undefined || run.headBranch === branch) &&
    (event === undefined || run.event.name === event) &&
    (status === undefined || run.status === status || run.conclusion === status) &&
    (range === undefined || fitsRange(run.createdAt, range)) &&
    (sha === undefined || run.headSha === sha);
}

async function listRuns(call: RepositoryCall): Promise<Reply> {
  const found = runsOf(call.state, call.repository).filter(listedBy(call));
  const runs = await Promise.all(call.page(found).map((run) => shownRun(call, run)));
  return ok({ total_count: found.length, workflow_runs: runs });
}

function listJobs(call: RepositoryCall, run: RunState): Reply {
  const attempt = call.path['attempt_number'];
  const all = attempt === undefined ? run.jobs : run.jobs.filter((job) => job.attempt === Number(attempt));
  const latest = attempt === undefined && call.query['filter'] !== 'all';
  const jobs = latest ? latestJobs(run) : all;
  const shown = call.page(jobs).map((job) => presentJob(call.state, call.repository, { run, job }));
  return ok({ total_count: jobs.length, jobs: shown });
}

function jobNamed(call: RepositoryCall): { run: RunState; job: RunState['jobs'][number] } {
  for (const run of runsOf(call.state, call.repository)) {
    const job = run.jobs.find((candidate) => candidate.id === numberOf(call, 'job_id'));
    if (job !== undefined) return { run, job };
  }
  throw notFound();
}

function ask(call: RepositoryCall, kind: RunRequest['kind']): Reply {
  const run = runNamed(call);
  const { state } = call;
  if (kind === 'cancel') {
    // Source: https://docs.github.com/rest/actions/workflow-runs#cancel-a-workflow-run
    if (run.status === 'completed')
      throw new HttpProblem(409, 'Cannot cancel a workflow run that is completed.');
  } else {
    if (run.status !== 'completed') throw new HttpProblem(403, 'This workflow is already running');
    // Runs can be re-run for 30 days. Source: https://docs.github.com/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs
    if (state.clock.now() > run.createdAt + 30 * 24 * 3_600_000) {
      throw new HttpProblem(403, 'Unable to retry this workflow run because it was created over a month ago');
    }
    // Source: https://docs.github.com/actions/reference/limits (re-runs of a workflow run)
    if (run.attempt >= 50) throw new HttpProblem(403, 'This workflow run has been retried too many times');
    if (kind === 'rerun-failed' && run.conclusion === 'success') {
      throw new HttpProblem(403, 'This workflow run cannot be retried: it has no failed jobs');
    }
  }
  for (const listener of state.runListeners) listener({ kind, runId: run.id, login: call.caller.login });
  return kind === 'cancel' ? { status: 202, body: {} } : created({});
}

export const runOperations: RepositoryOperations = {
  'actions/list-workflow-runs-for-repo': { needs: 'actions=read', handle: listRuns },
  'actions/list-workflow-runs': { needs: 'actions=read', handle: listRuns },
  'actions/get-workflow-run': {
    needs: 'actions=read',
    handle: async (call) => ok(await shownRun(call, runNamed(call))),
  },
  'actions/get-workflow-run-attempt': {
    needs: 'actions=read',
    handle: async (call) => {
      const run = runNamed(call);
      const attempt = numberOf(call, 'attempt_number');
      if (attempt < 1 || attempt > run.attempt) throw notFound();
      return ok(await shownRun(call, attemptOf(run, attempt)));
    },
  },
  'actions/list-jobs-for-workflow-run': {
    needs: 'actions=read',
    handle: (call) => listJobs(call, runNamed(call)),
  },
  'actions/list-jobs-for-workflow-run-attempt': {
    needs: 'actions=read',
    handle: (call) => listJobs(call, runNamed(call)),
  },
  'actions/get-job-for-workflow-run': {
    needs: 'actions=read',
    handle: (call) => ok(presentJob(call.state, call.repository, jobNamed(call))),
  },
  'actions/download-job-logs-for-workflow-run': {
    needs: 'actions=read',
    handle: (call) => {
      const bytes = Buffer.from(jobNamed(call).job.log, 'utf8');
      return {
        status: 302,
        headers: { location: blobAddress(call.state, { bytes, contentType: 'text/plain' }) },
      };
    },
  },
  'actions/re-run-workflow': { needs: 'actions=write', handle: (call) => ask(call, 'rerun') },
  'actions/re-run-workflow-failed-jobs': {
    needs: 'actions=write',
    handle: (call) => ask(call, 'rerun-failed'),
  },
  'actions/cancel-workflow-run': { needs: 'actions=write', handle: (call) => ask(call, 'cancel') },
};
