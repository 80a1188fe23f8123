// The byte patterns under which known secrets are looked for.
import { type SecretEncoding, secretForms } from '@headgate/kit/secret-forms';
import { isSecretName } from '@headgate/kit/secret-names';
import { isTellingLine, reasonToSkip } from './secret-commonplace.js';

export interface KnownSecret {
  /** As it is named to people; the value never is. */
  readonly name: string;
  readonly value: string;
}

export interface SecretPattern {
  readonly secret: string;
  readonly encoding: SecretEncoding;
  readonly bytes: Buffer;
}

export interface SkippedSecret {
  readonly secret: string;
  /** Follows `it is not searched for, because`. */
  readonly reason: string;
}

export interface SecretPatterns {
  readonly patterns: readonly SecretPattern[];
  readonly skipped: readonly SkippedSecret[];
}

/** Of a longer form its first bytes are looked for; it bounds what a search carries from chunk to chunk. */
export const longestPattern = 16 * 1024;

/** Values that are too short or too common are skipped; line breaks around a value are no part of it. */
export function secretPatterns(secrets: readonly KnownSecret[]): SecretPatterns {
  const patterns = new Map<string, SecretPattern>();
  const skipped: SkippedSecret[] = [];
  for (const { name, value } of secrets) {
    const trimmed = value.replace(/^[\r\n]+/, '').trimEnd();
    const reason = reasonToSkip(trimmed);
    if (reason !== null) skipped.push({ secret: name, reason });
    else for (const pattern of patternsOf(name, trimmed)) addPattern(patterns, pattern);
  }
  return { patterns: [...patterns.values()], skipped };
}

function addPattern(patterns: Map<string, SecretPattern>, pattern: SecretPattern): void {
  // Two secrets may hold the same value: each is named.
  const key = `${pattern.secret}\0${pattern.bytes.toString('latin1')}`;
  if (!patterns.has(key)) patterns.set(key, pattern);
}

function patternsOf(secret: string, value: string): readonly SecretPattern[] {
  const keys = isJsonObject(value) ? secretLine : isTellingLine;
  return secretForms(value)
    .filter(({ encoding, text }) => encoding !== 'line' || keys(text))
    .map(({ encoding, text }) => ({
      secret,
      encoding,
      bytes: Buffer.from(text).subarray(0, longestPattern),
    }));
}

/** A document of credentials holds names and addresses too, which an image may hold with good reason. */
function secretLine(line: string): boolean {
  const key = /^"([\w.-]{1,64})"/.exec(line)?.[1] ?? '';
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[.-]/g, '_');
  return isSecretName(words) && isTellingLine(line);
}

function isJsonObject(value: string): boolean {
  if (!value.startsWith('{')) return false;
  try {
    return typeof JSON.parse(value) === 'object';
  } catch {
    return false;
  }
}
