// Workflow runs and jobs as GitHub shows them.
import type { JobState, RunState, StepState } from '../../model.js';
import { findRepository, type RepositoryState, type State } from '../state.js';
import { presentAccount } from './account.js';
import { isoTime, isoTimeOrNull, type Json, nodeId, repositoryApi, repositoryPage } from './forms.js';
import { presentMinimalPull } from './pull.js';
import { presentMinimalRepository } from './repository.js';
import { workflowId } from './workflow.js';

function title(run: RunState): string {
  if (run.title !== undefined) return run.title;
  const { payload } = run.event;
  const texts = [payload['pull_request'], payload['head_commit'], payload['issue']].map((part) => {
    if (typeof part !== 'object' || part === null) return undefined;
    const { title: text, message } = part as Record<string, unknown>;
    return typeof text === 'string' ? text : typeof message === 'string' ? message.split('\n')[0] : undefined;
  });
  return texts.find((text) => text !== undefined) ?? run.workflowName;
}

/** Open pull requests of the run's head branch, inside the same repository. Source: https://docs.github.com/rest/actions/workflow-runs#get-a-workflow-run */
function pullsOf(state: State, repository: RepositoryState, run: RunState): readonly Json[] {
  return [...repository.issues.values()].flatMap((issue) =>
    issue.pull !== null &&
    issue.state === 'open' &&
    issue.pull.head === run.headBranch &&
    issue.pull.headRepository === run.headRepository &&
    run.headRepository === repository.fullName
      ? [presentMinimalPull(state, repository, { issue, pull: issue.pull })]
      : [],
  );
}

function runAddresses(state: State, repository: RepositoryState, run: RunState): Json {
  const api = repositoryApi(state, repository);
  const url = `${api}/actions/runs/${run.id}`;
  return {
    url,
    html_url: `${repositoryPage(state, repository)}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${api}/actions/workflows/${workflowId(repository, run.workflowPath)}`,
  };
}

function runTimes(run: RunState): Json {
  const jobs = run.jobs.filter((job) => job.attempt === run.attempt);
  const started = jobs.map((job) => job.startedAt ?? run.createdAt);
  return {
    created_at: isoTime(run.createdAt),
    updated_at: isoTime(run.completedAt ?? Math.max(run.createdAt, ...started)),
    run_started_at: isoTime(started.length === 0 ? run.createdAt : Math.min(...started)),
  };
}

/** `workflow-run`; `headCommit` as in `simple-commit`. */
export function presentRun(
  state: State,
  repository: RepositoryState,
  at: { run: RunState; headCommit: Json | null },
): Json {
  const { run } = at;
  const head = findRepository(state, run.headRepository) ?? repository;
  return {
    id: run.id,
    name: run.workflowName,
    node_id: nodeId('WorkflowRun', run.id),
    check_suite_id: run.id,
    check_suite_node_id: nodeId('CheckSuite', run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    run_number: run.number,
    run_attempt: run.attempt,
    display_title: title(run),
    event: run.event.name,
    status: run.status,
    conclusion: run.conclusion,
    path: run.workflowPath,
    workflow_id: workflowId(repository, run.workflowPath),
    ...runAddresses(state, repository, run),
    ...runTimes(run),
    pull_requests: pullsOf(state, repository, run),
    actor: presentAccount(state, run.event.actor),
    triggering_actor: presentAccount(state, run.triggeringActor ?? run.event.actor),
    referenced_workflows: run.referencedWorkflows.map(({ path, sha, ref }) => ({ path, sha, ref })),
    head_commit: at.headCommit,
    repository: presentMinimalRepository(state, repository),
    head_repository: presentMinimalRepository(state, head),
  };
}

function presentStep(step: StepState): Json {
  return {
    name: step.name,
    status: step.status === 'waiting' ? 'queued' : step.status,
    conclusion: step.conclusion,
    number: step.number,
    started_at: isoTimeOrNull(step.startedAt),
    completed_at: isoTimeOrNull(step.completedAt),
  };
}

/** `job` */
export function presentJob(
  state: State,
  repository: RepositoryState,
  at: { run: RunState; job: JobState },
): Json {
  const { run, job } = at;
  const api = repositoryApi(state, repository);
  const begun = job.startedAt !== null;
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflowName,
    head_branch: run.headBranch,
    run_url: `${api}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId('CheckRun', job.id),
    head_sha: run.headSha,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${repositoryPage(state, repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: isoTime(run.createdAt),
    started_at: isoTime(job.startedAt ?? run.createdAt),
    completed_at: isoTimeOrNull(job.completedAt),
    name: job.name,
    steps: job.steps.map(presentStep),
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: [],
    runner_id: begun ? 1 : null,
    runner_name: begun ? 'rehearsal' : null,
    runner_group_id: begun ? 1 : null,
    runner_group_name: begun ? 'rehearsal' : null,
  };
}
