// Operations on deployments and their statuses.
import { addDeployment, addStatus, retireOthers } from '../deployment-history.js';
import { findCommit } from '../git-reading.js';
import { flagOf, numberOf, type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import { presentDeployment, presentDeploymentStatus } from '../present/deployment.js';
import type { Json } from '../present/forms.js';
import type { DeploymentState } from '../records.js';
import { created, HttpProblem, invalid, notFound, ok } from '../reply.js';

function deploymentNamed(call: RepositoryCall): DeploymentState {
  const deployment = call.repository.deployments.get(numberOf(call, 'deployment_id'));
  if (deployment === undefined) throw notFound();
  return deployment;
}

async function createDeployment(call: RepositoryCall): Promise<Json> {
  const { state, repository, body } = call;
  const ref = textOf(body, 'ref') ?? '';
  const sha = await findCommit(repository.git, ref);
  if (sha === null) throw new HttpProblem(422, `No ref found for: ${ref}`);
  // Without `required_contexts: []` every status of the commit must be green.
  // Source: https://docs.github.com/rest/deployments/deployments#create-a-deployment
  const contexts = Array.isArray(body['required_contexts']) ? body['required_contexts'] : null;
  const statuses = repository.statuses.filter((status) => status.sha === sha);
  const names = contexts ?? [...new Set(statuses.map(({ context }) => context))];
  const red = names.find((name) => statuses.findLast(({ context }) => context === name)?.state !== 'success');
  if (red !== undefined) throw new HttpProblem(409, `Conflict: Commit status checks failed for ${sha}.`);
  const environment = textOf(body, 'environment') ?? 'production';
  const deployment = addDeployment(state, repository, {
    creator: call.caller.login,
    sha,
    ref,
    task: textOf(body, 'task') ?? 'deploy',
    environment,
    description: textOf(body, 'description'),
    payload: body['payload'] ?? {},
    transient: flagOf(body, 'transient_environment') ?? false,
    production: flagOf(body, 'production_environment') ?? environment === 'production',
  });
  return presentDeployment(state, repository, deployment);
}

function createStatus(call: RepositoryCall): Json {
  const deployment = deploymentNamed(call);
  const { state, repository, body } = call;
  const description = textOf(body, 'description') ?? '';
  if (description.length > 140)
    throw invalid('DeploymentStatus', 'description is too long (maximum is 140 characters)', 'description');
  const status = addStatus(state, deployment, {
    creator: call.caller.login,
    state: textOf(body, 'state') ?? 'pending',
    description,
    environment: textOf(body, 'environment') ?? deployment.environment,
    environmentUrl: textOf(body, 'environment_url') ?? '',
    logUrl: textOf(body, 'log_url') ?? textOf(body, 'target_url') ?? '',
  });
  if (status.state === 'success' && flagOf(body, 'auto_inactive') !== false)
    retireOthers(state, repository, deployment);
  return presentDeploymentStatus(state, repository, { deployment, status });
}

function listDeployments(call: RepositoryCall): readonly DeploymentState[] {
  const { sha, ref, task, environment } = call.query;
  const fits = (wanted: string | undefined, actual: string): boolean =>
    wanted === undefined || wanted === 'none' || wanted === actual;
  return [...call.repository.deployments.values()]
    .filter(
      (one) =>
        fits(sha, one.sha) &&
        fits(ref, one.ref) &&
        fits(task, one.task) &&
        fits(environment, one.environment),
    )
    .toReversed();
}

export const deploymentOperations: RepositoryOperations = {
  'repos/create-deployment': {
    needs: 'deployments=write',
    handle: async (call) => created(await createDeployment(call)),
  },
  'repos/list-deployments': {
    needs: 'deployments=read',
    handle: (call) =>
      ok(call.page(listDeployments(call)).map((one) => presentDeployment(call.state, call.repository, one))),
  },
  'repos/get-deployment': {
    needs: 'deployments=read',
    handle: (call) => ok(presentDeployment(call.state, call.repository, deploymentNamed(call))),
  },
  'repos/create-deployment-status': {
    needs: 'deployments=write',
    handle: (call) => created(createStatus(call)),
  },
  'repos/list-deployment-statuses': {
    needs: 'deployments=read',
    handle: (call) => {
      const deployment = deploymentNamed(call);
      const page = call.page(deployment.statuses.toReversed());
      return ok(
        page.map((status) => presentDeploymentStatus(call.state, call.repository, { deployment, status })),
      );
    },
  },
};
