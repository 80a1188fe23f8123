// Workflows as GitHub shows them.
import { type RepositoryState, type State, stableId } from '../state.js';
import { isoTime, type Json, nodeId, repositoryApi, repositoryPage } from './forms.js';

export const workflowId = (repository: RepositoryState, path: string): number =>
  stableId('workflow', `${repository.fullName} ${path}`);

/** `workflow` */
export function presentWorkflow(
  state: State,
  repository: RepositoryState,
  at: { path: string; name: string },
): Json {
  const id = workflowId(repository, at.path);
  const page = repositoryPage(state, repository);
  return {
    id,
    node_id: nodeId('Workflow', id),
    name: at.name,
    path: at.path,
    state: 'active',
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.createdAt),
    url: `${repositoryApi(state, repository)}/actions/workflows/${id}`,
    html_url: `${page}/blob/${repository.settings.defaultBranch}/${at.path}`,
    badge_url: `${page}/workflows/${encodeURIComponent(at.name)}/badge.svg`,
  };
}
