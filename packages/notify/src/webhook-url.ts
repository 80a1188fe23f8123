// The address of a webhook: which ones are accepted, and which parts of one are secret.
import { InputError } from '@headgate/kit/errors';

/** Kinds of addresses that are refused unless a channel allows them. */
export const permissions = ['loopback', 'private', 'link-local'] as const;
export type Permission = (typeof permissions)[number];

/**
 * An absolute https or http address without credentials and fragment. It is never quoted: it may be a secret.
 * @throws {InputError} at `path`.
 */
export function readUrl(text: string, path: string): URL {
  const url = URL.parse(text.trim());
  const usual = url !== null && ['https:', 'http:'].includes(url.protocol) && url.hostname !== '';
  if (!usual) throw new InputError(path, 'an https address was expected', 'Write https://host/path.');
  if (url.username === '' && url.password === '' && url.hash === '') return url;
  throw new InputError(
    path,
    'an address without user, password and fragment was expected',
    'The signature proves who sent it; leave them out.',
  );
}

/** What of an address must not be readable in a log: all of it, its path, and each part that may be a token. */
export function secretParts(url: URL): readonly string[] {
  const tail = `${url.pathname}${url.search}`;
  const parts = [...url.pathname.split('/'), ...url.searchParams.values()].flatMap(withDecoded);
  const tokens = parts.filter((part) => part.length >= 8 && !/^[a-z-]+$/.test(part));
  return [...new Set([url.href, tail, url.pathname, ...tokens])].filter((part) => part.length >= 8);
}

function withDecoded(part: string): readonly string[] {
  try {
    return [part, decodeURIComponent(part)];
  } catch {
    return [part];
  }
}
