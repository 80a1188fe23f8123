// The key of sealed files: read from a secret, named without being told, and the source of keys for single purposes.
import { ActionError } from './errors.js';
import type { SecretMap } from './secrets.js';

/** A seal key; `id` tells keys apart without telling anything of the key. */
export interface SealKey {
  readonly material: Uint8Array;
  /** 16 hex digits. */
  readonly id: string;
}

const keyBytes = 32;
const minimumKeyLength = 32;

/**
 * The key in `seal-key` of a secret map: 32 bytes in base64 (44 characters), or any other text of 32 characters
 * or more, whose UTF-8 bytes are taken (source: trust.md, 'Seal').
 * @throws {ActionError} `secrets-missing`; `seal-key-weak` for a text that is too short.
 */
export function readSealKey(secrets: SecretMap, input: string): SealKey {
  const text = secrets.top('seal-key');
  if (text !== null) return createSealKey(text);
  const name = input.toUpperCase().replaceAll('-', '_');
  throw new ActionError({
    code: 'secrets-missing',
    message: `${input}: seal-key was expected, but ${secrets.empty ? 'it is empty' : 'it has no such member'}`,
    hint: `Add seal-key (openssl rand -base64 32) to the secret ${name} of the environment; also create a repository secret ${name} holding {} so that the name is passed on.`,
  });
}

/** @throws {ActionError} `seal-key-weak` */
export function createSealKey(text: string): SealKey {
  const material = keyMaterial(text.trim());
  const id = Buffer.from(expand(material, 'headgate key id', new Uint8Array(0)))
    .toString('hex')
    .slice(0, 16);
  return { material, id };
}

/** 32 bytes of HKDF-SHA-256 from the key for one purpose; other purposes tell nothing of it. */
export function deriveKey(key: SealKey, purpose: string, salt: Uint8Array = new Uint8Array(0)): Uint8Array {
  return expand(key.material, `headgate ${purpose}`, salt);
}

function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

function keyMaterial(text: string): Uint8Array {
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return Buffer.from(text, 'base64');
  if (text.length >= minimumKeyLength) return Buffer.from(text);
  throw new ActionError({
    code: 'seal-key-weak',
    message: `seal-key: 32 bytes in base64 or a text of ${minimumKeyLength} characters or more was expected, a shorter text was found`,
    hint: 'Make one with: openssl rand -base64 32',
  });
}

function expand(material: Uint8Array, info: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(crypto().hkdfSync('sha256', material, salt, info, keyBytes));
}
