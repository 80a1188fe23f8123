// Mail addresses as they go into headers and the envelope: one, on one line, without room for a second.
import { InputError } from '@headgate/kit/errors';

export interface MailAddress {
  /** '' when only the address was given. */
  readonly name: string;
  readonly address: string;
}

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const plain = new RegExp(`^${atom}(?:\\.${atom})*@${label}(?:\\.${label})*$`);

/**
 * `user@host` or `Name <user@host>`. Names are free text of one line without angle brackets; addresses are the
 * dot-atom form of RFC 5322, so that no quoting, comment or second address can hide in them.
 * @throws {InputError} at `path`.
 */
export function parseMailAddress(text: string, path: string): MailAddress {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? [];
  const address = bracketed ?? text;
  const good = address.length <= 254 && plain.test(address) && !/[\p{Cc}\u2028\u2029]/u.test(name);
  if (good) return { name: unquoted(name.trim()), address };
  throw new InputError(
    path,
    `user@host or Name <user@host> was expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    'Write one address a list item, without line breaks or commas.',
  );
}

function unquoted(name: string): string {
  return /^"[^"]*"$/.test(name) ? name.slice(1, -1) : name;
}
