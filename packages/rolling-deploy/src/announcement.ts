// Tells GitHub that a deployment begins, and how it ended when nothing was begun.
import type { Deps } from '@headgate/kit/deps';
import type { Delivery } from './delivery.js';
import { DeployError } from './errors.js';
import { type GitHubDeployment, openDeployment } from './github-deployment.js';
import type { Inputs } from './inputs.js';

/** The payload's `version` is what a later run is compared with under the lock. */
export async function announce(inputs: Inputs, delivery: Delivery, deps: Deps): Promise<GitHubDeployment> {
  const { core, connectGitHub, context } = deps;
  const { environment, environmentUrl, target, service, githubToken: token } = inputs;
  const { image, version } = delivery;
  const payload = {
    target,
    service,
    version,
    image: image.reference,
    digest: image.digest,
    run: context.runUrl,
  };
  const deployment = await openDeployment(
    { environment, ref: context.sha, payload, logUrl: context.runUrl, environmentUrl },
    { connectGitHub, token, warn: (message) => core.warning(message) },
  );
  core.saveState('deployment', deployment.id);
  await deployment.report('in_progress', `rolling out ${service} on ${target}`);
  return deployment;
}

/** A deployment that ended before anything was changed is still told to GitHub. */
export async function announced<T>(
  deployment: GitHubDeployment,
  { core, signal }: Deps,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof DeployError ? `${error.code}: ` : '';
    await deployment.report('failure', `${code}${error instanceof Error ? error.message : String(error)}`);
    if (!signal.aborted) core.saveState('deployment', '');
    throw error;
  }
}
