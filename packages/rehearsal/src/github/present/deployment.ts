// Deployments, their statuses and environments as GitHub shows them.
import type { DeploymentState, DeploymentStatusState } from '../records.js';
import type { RepositoryState, State } from '../state.js';
import { stableId } from '../state.js';
import { presentAccount } from './account.js';
import { isoTime, type Json, nodeId, repositoryApi, repositoryPage } from './forms.js';

/** `deployment` */
export function presentDeployment(
  state: State,
  repository: RepositoryState,
  deployment: DeploymentState,
): Json {
  const api = repositoryApi(state, repository);
  const url = `${api}/deployments/${deployment.id}`;
  const updated = deployment.statuses.at(-1)?.createdAt ?? deployment.createdAt;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: presentAccount(state, deployment.creator),
    created_at: isoTime(deployment.createdAt),
    updated_at: isoTime(updated),
    statuses_url: `${url}/statuses`,
    repository_url: api,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: null,
  };
}

/** `deployment-status` */
export function presentDeploymentStatus(
  state: State,
  repository: RepositoryState,
  at: { deployment: DeploymentState; status: DeploymentStatusState },
): Json {
  const { deployment, status } = at;
  const api = repositoryApi(state, repository);
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: presentAccount(state, status.creator),
    description: status.description,
    environment: status.environment,
    // Absent addresses are empty texts. Source: https://docs.github.com/rest/deployments/statuses
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    created_at: isoTime(status.createdAt),
    updated_at: isoTime(status.createdAt),
    deployment_url: url,
    repository_url: api,
    performed_via_github_app: null,
  };
}

/** `deployment-branch-policy`: one for each pattern of a branch or tag that may deploy. */
export function branchPolicies(repository: RepositoryState, environment: string): readonly Json[] {
  const { branches = [], tags = [] } = repository.settings.environments[environment] ?? {};
  const policy =
    (type: string) =>
    (name: string): Json => {
      const id = stableId('policy', `${repository.fullName} ${environment} ${type} ${name}`);
      return { id, node_id: nodeId('GateBranchPolicy', id), name, type };
    };
  return [...branches.map(policy('branch')), ...tags.map(policy('tag'))];
}

/** `environment` */
export function presentEnvironment(state: State, repository: RepositoryState, name: string): Json {
  const id = stableId('environment', `${repository.fullName} ${name}`);
  const limited = branchPolicies(repository, name).length > 0;
  return {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: `${repositoryApi(state, repository)}/environments/${encodeURIComponent(name)}`,
    html_url: `${repositoryPage(state, repository)}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.createdAt),
    protection_rules: limited ? [{ id, node_id: nodeId('GateRule', id), type: 'branch_policy' }] : [],
    deployment_branch_policy: limited ? { protected_branches: false, custom_branch_policies: true } : null,
  };
}
