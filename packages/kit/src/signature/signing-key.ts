// The private key that images are signed with.
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { InputError } from '../errors.js';
import { readPem } from './pem.js';
import { algorithmOf, pairHint, type VerifyKey, verifyKeyOf } from './verify-key.js';

export interface SigningKey {
  /** Of the same pair. */
  readonly verifyKey: VerifyKey;
  /** ECDSA: ASN.1 over SHA-256, another one each time. Ed25519: always the same for the same bytes. */
  sign(payload: Uint8Array): Buffer;
}

const convert: Readonly<Record<string, string>> = {
  'EC PRIVATE KEY': 'Write it as PKCS#8: openssl pkcs8 -topk8 -nocrypt -in signing.key',
  'ENCRYPTED PRIVATE KEY': 'Take its passphrase off: openssl pkcs8 -topk8 -nocrypt -in signing.key',
  'ENCRYPTED SIGSTORE PRIVATE KEY': `Its form is cosign's own. ${pairHint}`,
  'ENCRYPTED COSIGN PRIVATE KEY': `Its form is cosign's own. ${pairHint}`,
};

/**
 * One private key as PEM: PKCS#8 without a passphrase, ECDSA P-256 or Ed25519.
 * @param input where it was given, for messages
 * @throws {InputError} without ever quoting it
 */
export function readSigningKey(text: string, input: string): SigningKey {
  const blocks = readPem(text) ?? [];
  const [block] = blocks;
  if (block === undefined || blocks.length > 1) {
    const problem = 'one private key as PEM was expected, and nothing besides';
    throw new InputError(input, problem, pairHint);
  }
  if (block.label !== 'PRIVATE KEY') {
    const problem = `a PRIVATE KEY was expected, it is a ${block.label}`;
    throw new InputError(input, problem, convert[block.label] ?? pairHint);
  }
  const key = parse(block.der, input);
  const algorithm = algorithmOf(key, input);
  return {
    verifyKey: verifyKeyOf(createPublicKey(key), input),
    sign: (payload) => sign(algorithm, payload, key),
  };
}

function parse(der: Buffer, input: string): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    // The cause would go where errors go; nothing of a private key does.
    throw new InputError(
      input,
      'the private key is damaged',
      'Paste the whole file, with its first and last line.',
    );
  }
}
