// The forms that notify takes for its channels: known when a run begins, not only when there is something to tell.
import { failure } from './failures.js';

export interface ChannelForm {
  readonly wanted: string;
  readonly fits: (text: string) => boolean;
}

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const mailbox = new RegExp(`^${atom}(?:\\.${atom})*@${label}(?:\\.${label})*$`);

export const channelForms = {
  host: {
    wanted: 'a host name or an address',
    fits: (text) =>
      text.length <= 253 && /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]+)$/.test(text),
  },
  address: {
    wanted: 'user@host or Name <user@host>',
    fits(text) {
      const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? [];
      const address = bracketed ?? text;
      return address.length <= 254 && mailbox.test(address) && !/[\p{Cc}\u2028\u2029]/u.test(name);
    },
  },
  username: { wanted: 'a user name', fits: (text) => /^[^\p{Cc}]{1,255}$/u.test(text) },
  url: {
    wanted: 'an https address without user, password and fragment',
    fits(text) {
      const url = URL.parse(text);
      const isUsual = url !== null && ['https:', 'http:'].includes(url.protocol) && url.hostname !== '';
      return isUsual && url.username === '' && url.password === '' && url.hash === '';
    },
  },
  port: {
    wanted: 'a port from 1 to 65535',
    fits: (text) => /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535,
  },
} as const satisfies Record<string, ChannelForm>;

/** The text without blanks around it. @throws {ActionError} `invalid-notification`; an address of a webhook is not quoted. */
export function inForm(path: readonly (string | number)[], text: string, form: ChannelForm): string {
  const trimmed = text.trim();
  if (form.fits(trimmed)) return trimmed;
  const found = form === channelForms.url ? 'something else' : JSON.stringify(text.slice(0, 80));
  const message = `${path.join('.')}: ${form.wanted} was expected, ${found} was found`;
  throw failure('invalid-notification', message, 'Correct the value, or the variable that it names.');
}

/** @throws {ActionError} `invalid-notification` where a password would travel unencrypted */
export function checkEncryption(name: string, host: string, starttls: string): void {
  const isHere = host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
  if (starttls === 'required' || isHere) return;
  const message = `notifications.${name}.starttls: a password would travel unencrypted to ${host} with ${starttls}`;
  throw failure(
    'invalid-notification',
    message,
    'Write `starttls: required`, or leave username and password out.',
  );
}
