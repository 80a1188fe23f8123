// Where a task runs: the service's surroundings on its host, and the image that it starts.
import type { Deps } from '@headgate/kit/deps';
import { connectHost, runOf } from './connection.js';
import { connectEngine } from './engine.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import { type Identity, labelNames } from './identity.js';
import type { ImageReference } from './image.js';
import { type OneOffPlace, pullImages, runningInstances } from './one-off.js';
import { removeTasks } from './one-off-labels.js';
import { authFor } from './registry-auth.js';
import type { TaskInputs } from './task-inputs.js';
import type { Transport } from './transport.js';
import { readServiceWish } from './wish.js';

export interface TaskImage {
  /** What the engine is told: a reference, or the id of an image that it has. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Null when the host has it already. */
  readonly pull: ImageReference | null;
}

export interface TaskPlace extends OneOffPlace {
  readonly image: TaskImage;
}

/** `given` is null when the image that serves now is meant. @throws {DeployError | InputError} */
export async function openTaskPlace(
  inputs: TaskInputs,
  deps: Deps,
  { given, transport }: { readonly given: ImageReference | null; readonly transport: Transport },
): Promise<TaskPlace> {
  // A task has neither ports nor a name of the service.
  const { service, secrets } = await readServiceWish(inputs, deps, 'allowed');
  const identity = taskIdentity(inputs, deps);
  const engine = await connectTaskEngine(inputs, deps, transport);
  const place = { engine, service, secrets, identity, run: runOf(deps) };
  if (given !== null) return { ...place, image: { id: given.reference, name: given.reference, pull: given } };
  return { ...place, image: servingImage(await runningInstances(place), inputs) };
}

/** Of whatever proxy: a task is beside the service, not behind anything. */
function taskIdentity(
  { application, environment, target, service }: TaskInputs,
  { context }: Deps,
): Identity {
  return { application: application || context.repository.name, environment, target, service, proxy: '' };
}

function connectTaskEngine({ engineDeadline }: TaskInputs, { clock }: Deps, transport: Transport) {
  return connectEngine({ transport, clock, deadlineMs: engineDeadline });
}

/** Of the newest instance. @throws {DeployError} image-without-digest */
function servingImage(instances: readonly Container[], { service, environment }: TaskInputs): TaskImage {
  const [newest] = [...instances].sort((a, b) => b.createdAt - a.createdAt);
  if (newest !== undefined) {
    const { imageId, labels } = newest;
    return {
      id: imageId,
      name: `${service}’s image ${labels.get(labelNames.digest) || imageId}`,
      pull: null,
    };
  }
  throw new DeployError({
    code: 'image-without-digest',
    message: `image: none was given, and nothing of ${service} runs in ${environment} whose image the task could use`,
    hint: 'Set image or image-name, or deploy the service first.',
  });
}

/** Removes what lost runs left, and has the image on the host. @throws {DeployError} as a pull fails */
export async function prepareTask(
  { engine, identity, image }: TaskPlace,
  inputs: TaskInputs,
  { core, clock, signal }: Deps,
): Promise<void> {
  const left = await removeTasks(engine, identity, { expiredAt: clock.now() });
  if (left > 0) core.warning(`${left} task containers of former runs were left and are removed`);
  const images = image.pull === null ? [] : [image.pull];
  await pullImages(images, { engine }, { authOf: (registry) => authFor(inputs, registry), signal });
}

/** For the post step of a task that was killed. Answers how many there were. */
export async function removeOwnTasks(inputs: TaskInputs, deps: Deps): Promise<number> {
  const transport = connectHost(inputs.host, deps);
  try {
    const engine = await connectTaskEngine(inputs, deps, transport);
    return await removeTasks(engine, taskIdentity(inputs, deps), { run: runOf(deps) });
  } finally {
    await transport.close();
  }
}
