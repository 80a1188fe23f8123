// The history of an environment: deployments and their statuses, written by REST or by a job that names the environment.
import type { Conclusion, JobDeployment } from '../model.js';
import type { DeploymentState, DeploymentStatusState } from './records.js';
import { repositoryNamed } from './repositories.js';
import type { RepositoryState, State } from './state.js';

export type NewStatus = Omit<DeploymentStatusState, 'id' | 'createdAt' | 'environment'> & {
  /** The deployment's own unless said. */
  readonly environment?: string;
};

/**
 * A success makes the earlier, persistent deployments of the same environment inactive.
 * Source: https://docs.github.com/rest/deployments/statuses#create-a-deployment-status (auto_inactive)
 */
export function retireOthers(state: State, repository: RepositoryState, current: DeploymentState): void {
  for (const other of repository.deployments.values()) {
    const last = other.statuses.at(-1);
    if (other === current || other.environment !== current.environment || other.transient || other.production)
      continue;
    if (other.id > current.id || last?.state !== 'success') continue;
    other.statuses.push({ ...last, id: state.nextId(), state: 'inactive', createdAt: state.clock.now() });
  }
}

export function addDeployment(
  state: State,
  repository: RepositoryState,
  given: Omit<DeploymentState, 'id' | 'createdAt' | 'statuses'>,
): DeploymentState {
  const deployment = { ...given, id: state.nextId(), createdAt: state.clock.now(), statuses: [] };
  repository.deployments.set(deployment.id, deployment);
  return deployment;
}

export function addStatus(
  state: State,
  deployment: DeploymentState,
  given: NewStatus,
): DeploymentStatusState {
  const { environment } = deployment;
  const status = { environment, ...given, id: state.nextId(), createdAt: state.clock.now() };
  deployment.statuses.push(status);
  return status;
}

const ends: Readonly<Record<Conclusion, string>> = {
  success: 'success',
  failure: 'failure',
  cancelled: 'error',
  skipped: 'inactive',
};

/**
 * What GitHub writes for a job with an environment unless it says `deployment: false`: a deployment without payload,
 * in progress, and its end. Returns what the job's end calls.
 * Source: https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/control-deployments
 */
export function beginDeployment(
  state: State,
  { environment, ...at }: JobDeployment,
): (conclusion: Conclusion, url: string) => void {
  const repository = repositoryNamed(state, at.repository);
  const creator = 'github-actions[bot]';
  const deployment = addDeployment(state, repository, {
    creator,
    sha: at.sha,
    ref: at.ref.replace(/^refs\/(?:heads|tags)\//u, ''),
    task: 'deploy',
    environment,
    description: null,
    payload: {},
    transient: false,
    production: environment === 'production',
  });
  const logUrl = `${state.serverUrl}/${repository.fullName}/actions/runs/${at.runId}/job/${at.jobId}`;
  const say = (status: string, environmentUrl: string): void => {
    addStatus(state, deployment, { creator, state: status, description: '', environmentUrl, logUrl });
  };
  say('in_progress', '');
  return (conclusion, url) => {
    say(ends[conclusion], url);
    if (conclusion === 'success') retireOthers(state, repository, deployment);
  };
}
