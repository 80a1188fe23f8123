// Operations on check runs and commit statuses.
import type { JobState, RunState } from '../../model.js';
import { numberOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import { presentAnnotation, presentCheckRun, presentCommitStatus } from '../present/check.js';
import { type Json, repositoryApi } from '../present/forms.js';
import { presentMinimalRepository } from '../present/repository.js';
import type { CommitStatusState } from '../records.js';
import { created, notFound, ok, type Reply } from '../reply.js';
import { latestJobs, runsOf } from '../run-reading.js';
import { commitNamed } from './branches.js';

interface Check {
  readonly run: RunState;
  readonly job: JobState;
}

const checksIn = (call: RepositoryCall, jobsOf: (run: RunState) => readonly JobState[]): readonly Check[] =>
  runsOf(call.state, call.repository).flatMap((run) => jobsOf(run).map((job) => ({ run, job })));

/** `latest` hides what a later attempt has run again. Source: https://docs.github.com/rest/checks/runs#list-check-runs-for-a-git-reference */
async function listChecks(call: RepositoryCall): Promise<Reply> {
  const { check_name: name, status, filter } = call.query;
  const sha = await commitNamed(call, call.path['ref'] ?? '');
  const found = checksIn(call, filter === 'all' ? (run) => run.jobs : latestJobs).filter(
    ({ run, job }) =>
      run.headSha === sha &&
      (name === undefined || job.name === name) &&
      (status === undefined || job.status === status),
  );
  const checks = call.page(found).map((check) => presentCheckRun(call.state, call.repository, check));
  return ok({ total_count: found.length, check_runs: checks });
}

function checkNamed(call: RepositoryCall): Check {
  const id = numberOf(call, 'check_run_id');
  const found = checksIn(call, (run) => run.jobs).find(({ job }) => job.id === id);
  if (found === undefined) throw notFound();
  return found;
}

const statusesOf = async (call: RepositoryCall): Promise<readonly CommitStatusState[]> => {
  const sha = await commitNamed(call, call.path['ref'] ?? '');
  return call.repository.statuses.filter((status) => status.sha === sha).toReversed();
};

/** The newest of each context together: failure beats pending beats success; none is pending. Source: https://docs.github.com/rest/commits/statuses#get-the-combined-status-for-a-specific-reference */
async function combinedStatus(call: RepositoryCall): Promise<Json> {
  const { state, repository } = call;
  const sha = await commitNamed(call, call.path['ref'] ?? '');
  const all = await statusesOf(call);
  const latest = all.filter(
    (status, index) => all.findIndex(({ context }) => context === status.context) === index,
  );
  const has = (...states: string[]): boolean => latest.some((status) => states.includes(status.state));
  const together = has('error', 'failure')
    ? 'failure'
    : latest.length === 0 || has('pending')
      ? 'pending'
      : 'success';
  const url = `${repositoryApi(state, repository)}/commits/${sha}`;
  return {
    state: together,
    statuses: call.page(latest).map((status) => presentCommitStatus(state, repository, status)),
    sha,
    total_count: latest.length,
    repository: presentMinimalRepository(state, repository),
    commit_url: url,
    url: `${url}/status`,
  };
}

async function createStatus(call: RepositoryCall): Promise<Json> {
  const { state, repository, body } = call;
  const status: CommitStatusState = {
    id: state.nextId(),
    sha: await commitNamed(call, call.path['sha'] ?? ''),
    creator: call.caller.login,
    createdAt: state.clock.now(),
    state: textOf(body, 'state') ?? 'pending',
    context: textOf(body, 'context') ?? 'default',
    description: textOf(body, 'description'),
    targetUrl: textOf(body, 'target_url'),
  };
  repository.statuses.push(status);
  return presentCommitStatus(state, repository, status);
}

export const checkOperations: RepositoryOperations = {
  'checks/list-for-ref': { needs: 'checks=read', handle: listChecks },
  'checks/get': {
    needs: 'checks=read',
    handle: (call) => ok(presentCheckRun(call.state, call.repository, checkNamed(call))),
  },
  'checks/list-annotations': {
    needs: 'checks=read',
    handle: (call) => {
      const { run, job } = checkNamed(call);
      const at = (annotation: (typeof job.annotations)[number]): Json =>
        presentAnnotation(call.state, call.repository, { sha: run.headSha, annotation });
      return ok(call.page(job.annotations).map(at));
    },
  },
  'repos/create-commit-status': {
    needs: 'statuses=write',
    handle: async (call) => created(await createStatus(call)),
  },
  'repos/list-commit-statuses-for-ref': {
    needs: 'statuses=read',
    handle: async (call) => {
      const page = call.page(await statusesOf(call));
      return ok(page.map((status) => presentCommitStatus(call.state, call.repository, status)));
    },
  },
  'repos/get-combined-status-for-ref': {
    needs: 'statuses=read',
    handle: async (call) => ok(await combinedStatus(call)),
  },
};
