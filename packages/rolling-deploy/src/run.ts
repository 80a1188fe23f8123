// The story of one deployment: judge the wish, take the locks, roll out or undo host by host, test, tell everybody.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { announce, announced } from './announcement.js';
import { conclude } from './conclusion.js';
import { connectTarget } from './connection.js';
import { type Delivery, readDelivery } from './delivery.js';
import { DeployError } from './errors.js';
import { type FleetResult, rollFleet } from './fleet.js';
import { fleetHosts } from './fleet-hosts.js';
import type { GitHubDeployment } from './github-deployment.js';
import type { Inputs } from './inputs.js';
import { withOutcome } from './outcome.js';
import { type Connect, closePlaces, openPlaces, type Places } from './places.js';
import { helpFor, type RolloutHelp } from './rollout-help.js';
import { settleInputs } from './settled-inputs.js';
import { imagesOf, refuseUnsigned } from './signature-gate.js';
import { pullOthers, testDeployment, withHooks } from './test-stage.js';
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
  readonly help: RolloutHelp;
  readonly inputs: Inputs;
  readonly delivery: Delivery;
  readonly deps: Deps;
  readonly places: Places;
}

async function deploy(given: Inputs, deps: Deps): Promise<ActionResult> {
  const asked = await readAsked(given, deps);
  const { inputs } = asked;
  const help = await helpFor(inputs, deps);
  // Before the locks where it is known: GitHub shows who asked, and a slow GitHub keeps nobody else from deploying.
  const early = asked.delivery === null ? null : await announce(inputs, asked.delivery, deps);
  return announced(early, inputs, deps, async () => {
    const places = await openPlaces(inputs, asked.connect, deps);
    try {
      const story: Story = { help, inputs, delivery: asked.delivery ?? deliveryOn(places), deps, places };
      if (early !== null) return await release(story, early);
      const deployment = await announce(inputs, story.delivery, deps);
      return await announced(deployment, inputs, deps, () => release(story, deployment));
    } finally {
      await closePlaces(places, deps);
    }
  });
}

interface Asked {
  /** As the service's shape settles them. */
  readonly inputs: Inputs;
  /** Null for a release that only the hosts can name. */
  readonly delivery: Delivery | null;
  readonly connect: Connect;
}

/** What is asked for, judged before a host is touched. */
async function readAsked(inputs: Inputs, deps: Deps): Promise<Asked> {
  const { image } = inputs.source;
  if (image.kind === 'kept') {
    const { connectKept } = await import('./way-back.js');
    const connect: Connect = (own, transport, host) => connectKept(image.release, own, host, transport);
    return { inputs, delivery: null, connect };
  }
  const delivery = await readDelivery(inputs, deps);
  const wish = await readWish(inputs, delivery, deps);
  await refuseUnsigned(imagesOf(delivery), inputs, deps);
  return {
    inputs: settleInputs(inputs, wish.service),
    delivery,
    connect: async (own, transport, host) => ({
      delivery,
      connection: await connectTarget(own, wish, host, transport),
    }),
  };
}

/** @throws {DeployError} no-such-release, when the hosts would come to different ones */
function deliveryOn([first, ...others]: Places): Delivery {
  const { digest } = first.delivery.image;
  const other = others.find(({ delivery }) => delivery.image.digest !== digest);
  if (other === undefined) return first.delivery;
  throw new DeployError({
    code: 'no-such-release',
    message: `${first.name} would go back to ${digest}, ${other.name} to ${other.delivery.image.digest}`,
    hint: 'Name the version or digest that all of them keep.',
  });
}

async function release(story: Story, deployment: GitHubDeployment): Promise<ActionResult> {
  const { inputs, delivery, places } = story;
  const { image } = delivery;
  for (const { connection, log } of places)
    log(`${connection.target.description}: ${image.reference}, revision ${connection.revision}`);
  await deployment.report('in_progress', `rolling out ${inputs.service} on ${inputs.target}`);
  const fleet = await rolledOut(story);
  // Where the service was proved first; what a test finds, it finds on any of them.
  const [gate] = places;
  const beat = (): Promise<void> => gate.lock.renew();
  const stage = { ...story, ...gate, inputs, delivery, beat };
  const tested = withHooks(await testDeployment(fleet.failure, stage), places);
  return await conclude({ ...story, image, deployment, tested }, fleet);
}

async function rolledOut({ help, inputs, delivery, deps, places }: Story): Promise<FleetResult> {
  const { core, signal } = deps;
  const { image } = delivery;
  await pullOthers(places, { inputs, delivery, deps });
  const hosts = fleetHosts(places, { help, inputs, image, deps });
  const result = await rollFleet(hosts.hosts, inputs, { signal, log: (line) => core.info(line) });
  // A cancelled step leaves the rest to its post step.
  if (!signal.aborted) hosts.forget();
  else if (inputs.onCancel === 'hold') await holdAll(places);
  return result;
}

/** Killed before that, the journals say the same but for the intention. */
async function holdAll(places: Places): Promise<void> {
  await Promise.all(places.map(({ journal }) => journal.hold().catch(() => undefined)));
}
