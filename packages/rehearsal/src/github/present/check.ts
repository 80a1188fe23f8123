// Check runs, annotations and commit statuses as GitHub shows them; a check run is a job.
import type { Annotation, JobState, RunState } from '../../model.js';
import { actionsApp } from '../apps.js';
import type { CommitStatusState } from '../records.js';
import type { RepositoryState, State } from '../state.js';
import { stableId } from '../state.js';
import { presentAccount } from './account.js';
import { presentApp } from './app.js';
import { isoTime, isoTimeOrNull, type Json, nodeId, repositoryApi, repositoryPage } from './forms.js';

/** `check-run` */
export function presentCheckRun(
  state: State,
  repository: RepositoryState,
  at: { run: RunState; job: JobState },
): Json {
  const { run, job } = at;
  const url = `${repositoryApi(state, repository)}/check-runs/${job.id}`;
  const page = `${repositoryPage(state, repository)}/actions/runs/${run.id}/job/${job.id}`;
  return {
    id: job.id,
    name: job.name,
    node_id: nodeId('CheckRun', job.id),
    head_sha: run.headSha,
    external_id: nodeId('Job', job.id),
    url,
    html_url: page,
    details_url: page,
    status: job.status,
    conclusion: job.conclusion,
    started_at: isoTime(job.startedAt ?? run.createdAt),
    completed_at: isoTimeOrNull(job.completedAt),
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: job.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.id },
    app: presentApp(state, actionsApp),
    pull_requests: [],
  };
}

/** `check-annotation`. Without a file GitHub shows them on `.github`. Source: probe of api.github.com */
export function presentAnnotation(
  state: State,
  repository: RepositoryState,
  at: { sha: string; annotation: Annotation },
): Json {
  const { annotation, sha } = at;
  const path = annotation.file ?? '.github';
  const line = annotation.line ?? 1;
  return {
    path,
    blob_href: `${repositoryPage(state, repository)}/blob/${sha}/${path}`,
    start_line: line,
    start_column: null,
    end_line: line,
    end_column: null,
    annotation_level: annotation.level,
    title: annotation.title ?? '',
    message: annotation.message,
    raw_details: '',
  };
}

/** `simple-commit-status`, and with the creator `status`. */
export function presentCommitStatus(
  state: State,
  repository: RepositoryState,
  status: CommitStatusState,
): Json {
  return {
    url: `${repositoryApi(state, repository)}/statuses/${status.sha}`,
    avatar_url: `${state.serverUrl}/avatars/${stableId('account', status.creator)}`,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: isoTime(status.createdAt),
    updated_at: isoTime(status.createdAt),
    creator: presentAccount(state, status.creator),
  };
}
