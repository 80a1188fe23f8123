// Public keys that signatures of images are judged by.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { InputError } from '../errors.js';
import { readPem } from './pem.js';

export interface VerifyKey {
  /** Of its DER form, the first 12 hex digits of the SHA-256: a name to tell keys apart by. */
  readonly name: string;
  /** Whether the owner of the key has signed exactly these bytes. */
  verifies(payload: Uint8Array, signature: Uint8Array): boolean;
}

const mostKeys = 16;
const curve = 'prime256v1';

/**
 * One or several public keys, one PEM block after the other.
 * @param input its name, for messages
 * @throws {InputError} for anything but SubjectPublicKeyInfo of ECDSA P-256 or Ed25519; a key is never quoted
 */
export function readVerifyKeys(text: string, input: string): readonly VerifyKey[] {
  const blocks = readPem(text) ?? [];
  if (blocks.length === 0 || blocks.length > mostKeys) {
    const problem = `public keys as PEM were expected, 1 to ${mostKeys} of them and nothing besides`;
    throw new InputError(input, problem, publicHint);
  }
  return blocks.map(({ label, der }, index) => {
    const which = `key ${index + 1} of ${blocks.length}`;
    if (label.includes('PRIVATE')) throw new InputError(input, `${which} is a private key`, leakHint);
    if (label !== 'PUBLIC KEY')
      throw new InputError(input, `${which} is a ${label}, a PUBLIC KEY was expected`, publicHint);
    return verifyKeyOf(parse(der, input, which), input);
  });
}

/** @throws {InputError} for a key of another kind */
export function verifyKeyOf(key: KeyObject, input: string): VerifyKey {
  const algorithm = algorithmOf(key, input);
  const der = key.export({ format: 'der', type: 'spki' });
  return {
    name: createHash('sha256').update(der).digest('hex').slice(0, 12),
    verifies: (payload, signature) => verify(algorithm, payload, key, signature),
  };
}

/** What the payload is hashed with before it is signed; Ed25519 hashes by itself. @throws {InputError} */
export function algorithmOf(key: KeyObject, input: string): 'sha256' | null {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return null;
  if (type === 'ec' && details?.namedCurve === curve) return 'sha256';
  const found = [type ?? 'unknown', details?.namedCurve ?? ''].join(' ').trim();
  throw new InputError(input, `a key for ECDSA P-256 or Ed25519 was expected, it is ${found}`, pairHint);
}

function parse(der: Buffer, input: string, which: string): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new InputError(input, `${which} is damaged`, publicHint, cause);
  }
}

export const pairHint =
  'Make one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out signing.key';
const publicHint = 'Give what openssl pkey -in signing.key -pubout prints.';
const leakHint =
  'Take it out and make a new pair: a private key belongs into BUILD_SECRETS alone. Give what openssl pkey -in signing.key -pubout prints.';
