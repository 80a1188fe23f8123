// Sealed files: AES-256-GCM, bound to named facts that travel in clear and are compared one by one before opening.
import { canonicalJson } from './digest.js';
import { ActionError } from './errors.js';
import { type Bound, differingFields, factOf } from './seal-bound.js';
import { base64, bytes, type SealEnvelope, sealSizes } from './seal-envelope.js';
import { deriveKey, type SealKey } from './seal-key.js';

type RandomBytes = (size: number) => Uint8Array;

/** Seals bytes under the key, bound to `bound`. `random` is for test vectors only. */
export function seal(
  key: SealKey,
  { content, bound }: { readonly content: Uint8Array; readonly bound: Bound },
  random: RandomBytes = crypto().randomBytes,
): SealEnvelope {
  const [salt, nonce] = [random(sealSizes.salt), random(sealSizes.nonce)];
  const cipher = crypto().createCipheriv('aes-256-gcm', deriveKey(key, 'seal 1', salt), nonce);
  cipher.setAAD(associatedData(key.id, bound));
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]);
  return {
    format: 'headgate-seal',
    version: 1,
    keyId: key.id,
    bound,
    salt: base64(salt),
    nonce: base64(nonce),
    ciphertext: base64(ciphertext),
    tag: base64(cipher.getAuthTag()),
  };
}

/**
 * Opens an envelope that must be bound to exactly `expected`.
 * @throws {ActionError} `seal-unreadable` (another form or version), `seal-key-differs`, `seal-mismatch` (naming
 * each field that differs), `seal-broken` (the bytes, or the facts in clear, were changed after sealing).
 */
export function openSeal(key: SealKey, envelope: SealEnvelope, expected: Bound): Uint8Array {
  if (envelope.keyId !== key.id) throw otherKey();
  const differing = differingFields(envelope.bound, expected);
  if (differing.length > 0) throw mismatch(differing, envelope.bound, expected);
  try {
    const file = deriveKey(key, 'seal 1', bytes(envelope.salt));
    const decipher = crypto().createDecipheriv('aes-256-gcm', file, bytes(envelope.nonce), {
      authTagLength: sealSizes.tag,
    });
    decipher.setAAD(associatedData(envelope.keyId, envelope.bound));
    decipher.setAuthTag(bytes(envelope.tag));
    return Buffer.concat([decipher.update(bytes(envelope.ciphertext)), decipher.final()]);
  } catch (cause) {
    throw broken(cause);
  }
}

function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

function associatedData(keyId: string, bound: Bound): Buffer {
  return Buffer.from(canonicalJson({ format: 'headgate-seal', version: 1, keyId, bound }));
}

function mismatch(names: readonly string[], found: Bound, expected: Bound): ActionError {
  const show = (value: string | number | undefined): string =>
    value === undefined ? 'nothing' : JSON.stringify(value);
  const parts = names.map(
    (name) => `${name}: ${show(factOf(expected, name))} was expected, ${show(factOf(found, name))} was found`,
  );
  return new ActionError({
    code: 'seal-mismatch',
    message: `the sealed file belongs elsewhere: ${parts.join('; ')}`,
    hint: 'Plan again in this run, for this place.',
  });
}

function otherKey(): ActionError {
  return new ActionError({
    code: 'seal-key-differs',
    message: 'the file was expected to be sealed with seal-key of this environment, another key was used',
    hint: 'Give the environment of the plan and that of the apply the same seal-key, then plan again.',
  });
}

function broken(cause: unknown): ActionError {
  return new ActionError({
    code: 'seal-broken',
    message: 'the sealed file was changed after it was sealed',
    hint: 'Plan again; find out who can replace artifacts of this repository.',
    cause,
  });
}
