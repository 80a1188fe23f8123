// Images run only when one of the given keys has signed them; what it takes to ask is loaded only where keys are given.
import type { Deps } from '@headgate/kit/deps';
import type { Delivery } from './delivery.js';
import type { ImageReference } from './image.js';
import type { Inputs } from './inputs.js';

export type SignatureInputs = Pick<Inputs, 'verifyKey' | 'deploySecrets' | 'registryUsername'>;

/** @throws {DeployError} `unsigned`, `signature-invalid`, or the registry does not answer; {InputError} for a bad key */
export async function refuseUnsigned(
  images: readonly ImageReference[],
  inputs: SignatureInputs,
  deps: Deps,
): Promise<void> {
  if (inputs.verifyKey === '' || images.length === 0) return;
  await (await import('./image-signature.js')).checkSignatures(images, inputs, deps);
}

/** Everything of a delivery that will run beside the service's secrets: its image, those of tests and of hooks. */
export function imagesOf({ image, tests, hooks }: Delivery): readonly ImageReference[] {
  return [image, ...tests.map((test) => test.image), ...hooks.map((hook) => hook.image)];
}
