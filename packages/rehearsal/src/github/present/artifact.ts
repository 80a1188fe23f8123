// Artifacts as GitHub shows them.
import type { Artifact } from '../../model.js';
import { findRepository, type RepositoryState, type State } from '../state.js';
import { isoTime, type Json, nodeId, repositoryApi } from './forms.js';

/** Days an artifact is kept. Source: https://docs.github.com/organizations/managing-organization-settings/configuring-the-retention-period-for-github-actions-artifacts-and-logs-in-your-organization */
export const retentionMs = 90 * 24 * 3_600_000;

/** `artifact` */
export function presentArtifact(state: State, repository: RepositoryState, artifact: Artifact): Json {
  const url = `${repositoryApi(state, repository)}/actions/artifacts/${artifact.id}`;
  const run = state.runs.get(artifact.runId);
  const head = run === undefined ? undefined : findRepository(state, run.headRepository);
  const from = run && {
    id: run.id,
    repository_id: repository.id,
    head_repository_id: (head ?? repository).id,
    head_branch: run.headBranch,
    head_sha: run.headSha,
  };
  return {
    id: artifact.id,
    node_id: nodeId('Artifact', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.byteLength,
    url,
    archive_download_url: `${url}/zip`,
    expired: state.clock.now() > artifact.createdAt + retentionMs,
    created_at: isoTime(artifact.createdAt),
    updated_at: isoTime(artifact.createdAt),
    expires_at: isoTime(artifact.createdAt + retentionMs),
    digest: artifact.digest,
    workflow_run: from ?? null,
  };
}
