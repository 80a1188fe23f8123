// Sealed files: AES-256-GCM, bound to named facts that travel in clear and are compared one by one before opening.
import { canonicalJson } from './digest.js';
import { ActionError } from './errors.js';
import type { SecretMap } from './secrets.js';

/** What a sealed file is bound to; every field counts, absent ones differ. */
export type Bound = Readonly<Record<string, string | number>>;

/** A seal key; `id` tells keys apart without telling anything of the key. */
export interface SealKey {
  readonly material: Uint8Array;
  /** 16 hex digits. */
  readonly id: string;
}

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

const [keyBytes, saltBytes, nonceBytes, tagBytes] = [32, 32, 12, 16] as const;
const minimumKeyLength = 32;
type RandomBytes = (size: number) => Uint8Array;

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

/** Seals bytes under the key, bound to `bound`. `random` is for test vectors only. */
export function seal(
  key: SealKey,
  { content, bound }: { readonly content: Uint8Array; readonly bound: Bound },
  random: RandomBytes = crypto().randomBytes,
): SealEnvelope {
  const [salt, nonce] = [random(saltBytes), random(nonceBytes)];
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

/** The names of fields that are not the same on both sides, sorted. */
export function differingFields(found: Bound, expected: Bound): readonly string[] {
  const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...names]
    .filter((name) => own(found, name) !== own(expected, name))
    .sort((a, b) => (a < b ? -1 : 1));
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
      authTagLength: tagBytes,
    });
    decipher.setAAD(associatedData(envelope.keyId, envelope.bound));
    decipher.setAuthTag(bytes(envelope.tag));
    return Buffer.concat([decipher.update(bytes(envelope.ciphertext)), decipher.final()]);
  } catch (cause) {
    throw broken(cause);
  }
}

/** @throws {ActionError} `seal-unreadable` */
export function parseEnvelope(value: unknown): SealEnvelope {
  const { format, version, keyId, bound, ...rest } = isRecord(value) ? value : {};
  if (format !== 'headgate-seal') throw unreadable('a sealed file was expected, another document was found');
  if (version !== 1) throw unreadable(`version 1 was expected, ${JSON.stringify(version)} was found`);
  if (typeof keyId !== 'string' || !isBound(bound)) throw unreadable('keyId or bound has another shape');
  const { salt, nonce, ciphertext, tag } = rest;
  return {
    format,
    version,
    keyId,
    bound,
    salt: encoded('salt', salt, saltBytes),
    nonce: encoded('nonce', nonce, nonceBytes),
    ciphertext: encoded('ciphertext', ciphertext, null),
    tag: encoded('tag', tag, tagBytes),
  };
}

function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

function keyMaterial(text: string): Uint8Array {
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return bytes(text);
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

function associatedData(keyId: string, bound: Bound): Buffer {
  return Buffer.from(canonicalJson({ format: 'headgate-seal', version: 1, keyId, bound }));
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64');
}

function bytes(text: string): Uint8Array {
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isBound(value: unknown): value is Bound {
  return (
    isRecord(value) &&
    Object.values(value).every(
      (item) => (typeof item === 'string' && item.isWellFormed()) || Number.isSafeInteger(item),
    )
  );
}

function own(bound: Bound, name: string): string | number | undefined {
  return Object.hasOwn(bound, name) ? bound[name] : undefined;
}

function mismatch(names: readonly string[], found: Bound, expected: Bound): ActionError {
  const show = (value: string | number | undefined): string =>
    value === undefined ? 'nothing' : JSON.stringify(value);
  const parts = names.map(
    (name) => `${name}: ${show(own(expected, name))} was expected, ${show(own(found, name))} was found`,
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

function unreadable(problem: string): ActionError {
  return new ActionError({
    code: 'seal-unreadable',
    message: `sealed file: ${problem}`,
    hint: 'Use the same release of Headgate for plan and apply, and plan again.',
  });
}
