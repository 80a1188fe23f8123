// The story of one deployment: judge the wish, take the lock, roll out or undo, test, tell everybody.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import { announce, announced } from './announcement.js';
import { conclude, withOutcome } from './conclusion.js';
import { type Connection, connectHost, connectTarget, lockHost } from './connection.js';
import { type Delivery, readDelivery } from './delivery.js';
import type { DeployError } from './errors.js';
import { writeHand } from './hand-state.js';
import type { Inputs } from './inputs.js';
import { authFor } from './registry-auth.js';
import { type RolloutResult, rollOut } from './rollout.js';
import { createSteps, type Steps } from './steps.js';
import { pullTestImages } from './test-container.js';
import { testDeployment } from './test-stage.js';
import { timesOf } from './times.js';
import { readWish } from './wish.js';

/**
 * Brings one service of one target to an image, or back to where it was, and runs its tests.
 * @throws {DeployError | InputError} when nothing was begun; its output `outcome` is `failed`
 */
export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  try {
    return await deploy(inputs, deps);
  } catch (error) {
    throw withOutcome(error);
  }
}

interface Story {
  readonly inputs: Inputs;
  readonly delivery: Delivery;
  readonly deps: Deps;
  readonly connection: Connection;
  readonly steps: Steps;
  /** Last log lines of an instance that failed. */
  readonly lines: string[];
}

async function deploy(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  const delivery = await readDelivery(inputs, deps);
  const { image } = delivery;
  const wish = await readWish(inputs, image, deps);
  const transport = connectHost(inputs, deps);
  const lock = await lockHost(inputs, deps, transport);
  try {
    const connection = await connectTarget(inputs, wish, deps, transport);
    const { target, revision } = connection;
    deps.core.info(`${target.description}: ${image.reference}, revision ${revision}`);
    const deployment = await announce(inputs, delivery, deps);
    const beat = (): Promise<void> => lock.renew();
    const { clock, signal, core } = deps;
    const steps = createSteps({ clock, signal, log: (line) => core.info(line), beat });
    const story: Story = { inputs, delivery, deps, connection, steps, lines: [] };
    const result = await announced(deployment, deps, () => rolledOut(story));
    const tested = await testDeployment(result, { ...story, beat });
    return await conclude({ ...story, image, deployment, tested }, result);
  } finally {
    await lock
      .release()
      .catch((error: unknown) => deps.core.warning(`the lock was not given back: ${String(error)}`));
  }
}

async function rolledOut({
  inputs,
  delivery,
  deps,
  connection,
  steps,
  lines,
}: Story): Promise<RolloutResult> {
  const { core, clock, signal } = deps;
  const { target, revision, testPlace } = connection;
  const { image } = delivery;
  const others = delivery.tests.filter((test) => test.image.digest !== image.digest);
  const authOf = (registry: string) => authFor(inputs, registry);
  if (others.length > 0)
    await steps.run('prepare', 'tests', () => pullTestImages(others, testPlace, { authOf, signal }));
  const wanted = { revision, instances: inputs.instances };
  return rollOut(
    { wanted, digest: image.digest, times: timesOf(inputs) },
    {
      target,
      clock,
      signal,
      steps,
      keep: (hand) => core.saveState('hand', writeHand(hand)),
      explain: (failure, last) => {
        lines.push(...last);
        return explain(failure, last, deps);
      },
    },
  );
}

async function explain(failure: DeployError, lines: readonly string[], { core }: Deps): Promise<void> {
  // The annotation follows when the step ends; the cause must stand before the undo in the log.
  core.info(`failed: ${failure.code}: ${failure.message}`);
  if (lines.length === 0) return;
  const show = async ({ line }: { line: (text: string) => void }): Promise<void> => lines.forEach(line);
  await withStopCommands(core, show, 'Last log lines of the instance');
}
