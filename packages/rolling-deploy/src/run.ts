// The story of one deployment: judge the wish, take the lock, roll out or undo, tell everybody.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import { conclude, withOutcome } from './conclusion.js';
import { connectHost, connectTarget, lockHost } from './connection.js';
import { DeployError } from './errors.js';
import { type GitHubDeployment, openDeployment } from './github-deployment.js';
import { writeHand } from './hand-state.js';
import { type ImageReference, imageFromRecord, parseImage } from './image.js';
import type { Inputs } from './inputs.js';
import { type RolloutResult, rollOut } from './rollout.js';
import { createSteps } from './steps.js';
import { timesOf } from './times.js';
import { readWish } from './wish.js';

/**
 * Brings one service of one target to an image, or back to where it was.
 * @throws {DeployError | InputError} when nothing was begun; its output `outcome` is `failed`
 */
export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  try {
    return await deploy(inputs, deps);
  } catch (error) {
    throw withOutcome(error);
  }
}

async function deploy(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  const image = await resolveImage(inputs, deps);
  const wish = await readWish(inputs, image, deps);
  const transport = connectHost(inputs, deps);
  const lock = await lockHost(inputs, deps, transport);
  try {
    const { target, revision } = await connectTarget(inputs, wish, deps, transport);
    deps.core.info(`${target.description}: ${image.reference}, revision ${revision}`);
    const deployment = await announce(inputs, image, deps);
    const lines: string[] = [];
    const steps = createSteps({
      clock: deps.clock,
      signal: deps.signal,
      log: (line) => deps.core.info(line),
      beat: () => lock.renew(),
    });
    const result = await rolledOut(deployment, deps, () =>
      rollOut(
        {
          wanted: { revision, instances: inputs.instances },
          digest: image.digest,
          times: timesOf(inputs),
        },
        {
          target,
          clock: deps.clock,
          signal: deps.signal,
          steps,
          keep: (hand) => deps.core.saveState('hand', writeHand(hand)),
          explain: (failure, last) => {
            lines.push(...last);
            return explain(failure, last, deps);
          },
        },
      ),
    );
    return await conclude({ inputs, image, deps, steps, deployment, lines }, result);
  } finally {
    await lock
      .release()
      .catch((error: unknown) => deps.core.warning(`the lock was not given back: ${String(error)}`));
  }
}

async function resolveImage({ image, githubToken }: Inputs, deps: Deps): Promise<ImageReference> {
  if (image.kind === 'reference') return parseImage(image.reference);
  const [{ fetchRecord }, github] = await Promise.all([
    import('@headgate/kit/artifacts'),
    deps.connectGitHub(githubToken),
  ]);
  return imageFromRecord(await fetchRecord(github, image.artifactId, image.digest), image.name);
}

async function announce(inputs: Inputs, image: ImageReference, deps: Deps): Promise<GitHubDeployment> {
  const { core, connectGitHub, context } = deps;
  const { environment, environmentUrl, target, service, githubToken: token } = inputs;
  const payload = { target, service, image: image.reference, digest: image.digest, run: context.runUrl };
  const deployment = await openDeployment(
    { environment, ref: context.sha, payload, logUrl: context.runUrl, environmentUrl },
    { connectGitHub, token, warn: (message) => core.warning(message) },
  );
  core.saveState('deployment', deployment.id);
  await deployment.report('in_progress', `rolling out ${service} on ${target}`);
  return deployment;
}

/** A deployment that ended before anything was changed is still told to GitHub. */
async function rolledOut(
  deployment: GitHubDeployment,
  { core, signal }: Deps,
  work: () => Promise<RolloutResult>,
): Promise<RolloutResult> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof DeployError ? `${error.code}: ` : '';
    await deployment.report('failure', `${code}${error instanceof Error ? error.message : String(error)}`);
    if (!signal.aborted) core.saveState('deployment', '');
    throw error;
  }
}

async function explain(failure: DeployError, lines: readonly string[], { core }: Deps): Promise<void> {
  // The annotation follows when the step ends; the cause must stand before the undo in the log.
  core.info(`failed: ${failure.code}: ${failure.message}`);
  if (lines.length === 0) return;
  const show = async ({ line }: { line: (text: string) => void }): Promise<void> => lines.forEach(line);
  await withStopCommands(core, show, 'Last log lines of the instance');
}
