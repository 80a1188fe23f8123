// Image tags that a registry takes: any text becomes a valid one, and different texts stay different.
import { sha256Hex } from '../digest.js';

const limit = 128;
const hashLength = 8;

/**
 * A valid tag (OCI: a word character, then at most 127 of `[A-Za-z0-9_.-]`) for any text. A text that is a valid tag
 * in itself and in no other's way stays as it is; else the replaced or cut text gets eight hex digits of its SHA-256,
 * so `feature/a-b` and `feature/a/b` differ.
 * @param longest characters, for a tag that gets something behind it
 */
export function tagFor(text: string, longest: number = limit): string {
  const isPlain = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(text) && text.length <= longest;
  return isPlain && !looksHashed(text) ? text : hashedTagFor(text, text, longest);
}

/** The same, always with a hash: of `identity`, where the text alone does not tell it from others. */
export function hashedTagFor(text: string, identity: string, longest: number = limit): string {
  const hash = sha256Hex(identity).slice(0, hashLength);
  const replaced = text.replaceAll(/[^A-Za-z0-9_.-]+/gu, '-').replace(/^[.-]+/, '');
  const kept = replaced.slice(0, longest - hashLength - 1).replace(/[.-]+$/, '');
  return kept === '' ? `branch-${hash}` : `${kept}-${hash}`;
}

/** A text that already ends like one of ours could be the tag of another text; it gets its own hash as well. */
function looksHashed(text: string): boolean {
  return /-[0-9a-f]{8}$/.test(text);
}
