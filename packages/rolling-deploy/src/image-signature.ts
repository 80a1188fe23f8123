// Asks an image's own registry for its signatures, and judges them by our keys.
import type { Deps } from '@headgate/kit/deps';
import { ActionError, type ActionErrorOptions } from '@headgate/kit/errors';
import { openRegistry } from '@headgate/kit/registry/open-registry';
import { type ImageName, parseImageName } from '@headgate/kit/registry/reference';
import type { Registry } from '@headgate/kit/registry/registry';
import { type SignatureVerdict, verifyImage } from '@headgate/kit/signature/verification';
import { readVerifyKeys, type VerifyKey } from '@headgate/kit/signature/verify-key';
import { DeployError, type DeployErrorCode } from './errors.js';
import type { ImageReference } from './image.js';
import { authFor } from './registry-auth.js';
import type { SignatureInputs } from './signature-gate.js';

/**
 * Every image, each once, must be signed by one of the keys for the very digest that will run.
 * @throws {DeployError | InputError} for the first one that is not; nothing was touched by then
 */
export async function checkSignatures(
  images: readonly ImageReference[],
  inputs: SignatureInputs,
  deps: Deps,
): Promise<void> {
  const keys = readVerifyKeys(inputs.verifyKey, 'verify-key');
  for (const image of new Map(images.map((one) => [one.reference, one])).values()) {
    const registry = registryOf(image, inputs, deps);
    const verdict = await verifyImage(registry, image.digest, keys).catch((error: unknown) => {
      throw asked(error, image);
    });
    if (verdict.kind !== 'signed') throw refusal(verdict, { image, registry, keys });
    deps.core.info(`${image.reference} is signed by the key ${verdict.key}: ${verdict.reference}`);
  }
}

function registryOf(image: ImageReference, inputs: SignatureInputs, deps: Deps): Registry {
  const credentials = authFor(inputs, image.registry);
  return openRegistry({ image: nameOf(image), credentials, actions: 'pull' }, deps);
}

/** Docker's short names are repositories of Docker Hub, those of one word of its library. @throws {InputError} */
function nameOf({ reference, registry }: ImageReference): ImageName {
  const name = reference.split('@')[0] ?? '';
  const path = name.startsWith(`${registry}/`) ? name.slice(registry.length + 1) : name;
  const isOfficial = registry === 'docker.io' && !path.includes('/');
  return parseImageName(`${registry}/${isOfficial ? `library/${path}` : path}`);
}

interface Judged {
  readonly image: ImageReference;
  readonly registry: Registry;
  readonly keys: readonly VerifyKey[];
}

function refusal(
  verdict: Exclude<SignatureVerdict, { kind: 'signed' }>,
  { image, registry, keys }: Judged,
): DeployError {
  const names = keys.map(({ name }) => name).join(', ');
  const expected = `a signature of ${image.reference} by the key ${names} was expected`;
  const place = `${registry.image.name}:${verdict.tag}`;
  if (verdict.kind === 'unsigned')
    return new DeployError({
      code: 'unsigned',
      message: `${expected}, and there is none: the registry has no signature under ${place}`,
      hint: 'Publish it with signing-key in BUILD_SECRETS, or sign it with cosign sign --key.',
    });
  return new DeployError({
    code: 'signature-invalid',
    message: `${expected}; of the signatures under ${place} none counts: ${verdict.reasons.join('; ')}`,
    hint: 'Give the public key that belongs to signing-key in verify-key, or find out who else writes to this repository.',
  });
}

const codes: ReadonlyMap<string, DeployErrorCode> = new Map([
  ['registry-auth', 'registry-refused'],
  ['registry-refused', 'registry-refused'],
  ['registry-unavailable', 'registry-unavailable'],
]);

/** What the registry says, in the words of an action that pulls. */
function asked(error: unknown, image: ImageReference): unknown {
  const code = error instanceof ActionError ? codes.get(error.code) : undefined;
  if (!(error instanceof ActionError) || code === undefined) return error;
  const options: ActionErrorOptions<DeployErrorCode> = {
    code,
    message: `the signature of ${image.reference} could not be looked up: ${error.message}`,
    hint:
      error.code === 'registry-auth'
        ? `Give registry-username, and in deploy-secrets registries: {"${image.registry}": "…"} of an account that may pull it.`
        : error.hint,
    cause: error,
  };
  return new DeployError(options);
}
