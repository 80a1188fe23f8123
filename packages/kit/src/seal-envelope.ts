// A sealed file as it travels, read strictly.
import { ActionError } from './errors.js';
import { type Bound, isBound } from './seal-bound.js';

/** The file as it travels: JSON, binary members in base64. */
export interface SealEnvelope {
  readonly format: 'headgate-seal';
  readonly version: 1;
  readonly keyId: string;
  readonly bound: Bound;
  /** 32 bytes: every file gets a key of its own, so that a nonce never meets the same key twice. */
  readonly salt: string;
  /** 12 bytes. */
  readonly nonce: string;
  readonly ciphertext: string;
  /** 16 bytes. */
  readonly tag: string;
}

/** Bytes of each member; of the ciphertext any number. */
export const sealSizes = { salt: 32, nonce: 12, tag: 16 } as const;

/** @throws {ActionError} `seal-unreadable` */
export function parseEnvelope(value: unknown): SealEnvelope {
  const { format, version, keyId, bound, ...rest } =
    value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  if (format !== 'headgate-seal') throw unreadable('a sealed file was expected, another document was found');
  if (version !== 1) throw unreadable(`version 1 was expected, ${JSON.stringify(version)} was found`);
  if (typeof keyId !== 'string' || !isBound(bound)) throw unreadable('keyId or bound has another shape');
  const { salt, nonce, ciphertext, tag } = rest;
  return {
    format,
    version,
    keyId,
    bound,
    salt: encoded('salt', salt, sealSizes.salt),
    nonce: encoded('nonce', nonce, sealSizes.nonce),
    ciphertext: encoded('ciphertext', ciphertext, null),
    tag: encoded('tag', tag, sealSizes.tag),
  };
}

export function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64');
}

export function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

/** Strict: one text for one value, or a changed character could go unseen. */
function encoded(name: string, value: unknown, size: number | null): string {
  const decoded = typeof value === 'string' ? bytes(value) : null;
  if (typeof value !== 'string' || decoded === null || base64(decoded) !== value)
    throw unreadable(`${name} is not base64`);
  if (size === null || decoded.length === size) return value;
  throw unreadable(`${name}: ${size} bytes were expected, ${decoded.length} were found`);
}

function unreadable(problem: string): ActionError {
  return new ActionError({
    code: 'seal-unreadable',
    message: `sealed file: ${problem}`,
    hint: 'Use the same release of Headgate for plan and apply, and plan again.',
  });
}
