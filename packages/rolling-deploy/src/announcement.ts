// Tells GitHub that a deployment is asked for, begins, and how it ended when nothing was begun.
import type { Deps } from '@headgate/kit/deps';
import { createRedactor } from '@headgate/kit/secrets';
import type { Delivery } from './delivery.js';
import { DeployError } from './errors.js';
import { type GitHubDeployment, openDeployment, tellingGitHub } from './github-deployment.js';
import type { Inputs } from './inputs.js';

/**
 * The payload's `version` is what a later run is compared with under the lock; `record` and `configuration` name the
 * release and what its environment was made with, so that the pair can be brought back.
 */
export async function announce(inputs: Inputs, delivery: Delivery, deps: Deps): Promise<GitHubDeployment> {
  const { core, context } = deps;
  const { environment, environmentUrl, target, service, source } = inputs;
  const { image, version, commit } = delivery;
  const payload = {
    target,
    service,
    version,
    image: image.reference,
    digest: image.digest,
    record: source.record?.digest ?? null,
    configuration: source.configurationDigest || null,
    run: context.runUrl,
    attempt: context.runAttempt,
  };
  const deployment = await openDeployment(
    { environment, ref: commit ?? context.sha, payload, logUrl: context.runUrl, environmentUrl },
    tellingGitHub(deps, inputs.githubToken),
  );
  core.saveState('deployment', deployment.id);
  await deployment.report('queued', `${service} on ${target} waits for its turn`);
  return deployment;
}

/** A deployment that ended before anything was changed is still told to GitHub; nothing is where none was announced yet. */
export async function announced<T>(
  deployment: GitHubDeployment | null,
  { deploySecrets }: Pick<Inputs, 'deploySecrets'>,
  { core, signal }: Deps,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (deployment === null) throw error;
    const code = error instanceof DeployError ? `${error.code}: ` : '';
    const { redact } = createRedactor(deploySecrets.values);
    const words = error instanceof Error ? error.message : String(error);
    await deployment.report('failure', redact(`${code}${words}`));
    if (!signal.aborted) core.saveState('deployment', '');
    throw error;
  }
}
