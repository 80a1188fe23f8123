// The list of channels: where a message goes, checked and typed; secrets only by name.
import { InputError } from '@headgate/kit/errors';
import { type Fields, readFields, type TextSource } from './fields.js';
import { type MailAddress, parseMailAddress } from './mail-address.js';
import { type Permission, permissions, readUrl } from './webhook-url.js';

export const startTlsChoices = ['required', 'opportunistic', 'none'] as const;
export type StartTls = (typeof startTlsChoices)[number];

interface AnyChannel {
  /** Unique in the list; part of the idempotency key. */
  readonly name: string;
  /** Whether its failure fails the step. */
  readonly required: boolean;
}

export interface SmtpChannel extends AnyChannel {
  readonly type: 'smtp';
  readonly host: string;
  readonly port: number;
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  readonly startTls: StartTls;
  /** Null: no login. The password is the name of a secret. */
  readonly login: { readonly username: string; readonly password: string } | null;
  /** PEM file with authorities to trust besides the system's, relative to the workspace. */
  readonly caFile: string | null;
}

export interface WebhookChannel extends AnyChannel {
  readonly type: 'webhook';
  readonly url: TextSource;
  /** Name of the secret that holds the signing key. */
  readonly secret: string;
  readonly allow: readonly Permission[];
}

export type Channel = SmtpChannel | WebhookChannel;

const most = 32;
const common = ['type', 'name', 'required'];
const smtpKeys = [...common, 'host', 'port', 'from', 'to', 'starttls', 'username', 'password', 'ca-file'];
const webhookKeys = [...common, 'url', 'secret', 'allow'];

/**
 * Reads the input `channels`: a list of mappings; null or '' is the empty list.
 * @throws {InputError} naming the channel and its member, never quoting a webhook's address.
 */
export function parseChannels(value: unknown): readonly Channel[] {
  if (value === null || value === '') return [];
  if (!Array.isArray(value)) throw wrong('a list was expected', 'Begin each channel with `- type: `.');
  if (value.length > most)
    throw wrong(`at most ${most} channels were expected`, 'Split them over several steps.');
  const channels = value.map((item: unknown, index) => parseChannel(item, index));
  const names = channels.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return channels;
  throw wrong(`two channels are named ${twice}`, 'Give each channel a name of its own.');
}

function parseChannel(item: unknown, index: number): Channel {
  const path = `channels[${index}]`;
  const type = readFields(item, path).choice('type', ['smtp', 'webhook']);
  const fields = readFields(item, path, type === 'smtp' ? smtpKeys : webhookKeys);
  const name = fields.matching('name', /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    wanted: 'letters, digits, ., _ and -',
    otherwise: `${type}-${index + 1}`,
  });
  const any = { name, required: fields.boolean('required') };
  return type === 'smtp' ? parseSmtp(fields, any) : parseWebhook(fields, any);
}

function parseSmtp(fields: Fields, any: AnyChannel): SmtpChannel {
  const channel: SmtpChannel = {
    ...any,
    type: 'smtp',
    host: fields.matching('host', /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]+)$/, {
      wanted: 'a host name or an address',
    }),
    port: fields.port('port', 587),
    from: parseMailAddress(fields.text('from'), fields.path('from')),
    to: fields.list('to').map((text) => parseMailAddress(text, fields.path('to'))),
    startTls: fields.choice('starttls', startTlsChoices, 'required'),
    login: readLogin(fields),
    caFile: fields.has('ca-file') ? fields.text('ca-file') : null,
  };
  const { login, startTls, host } = channel;
  if (login === null || startTls === 'required' || isLoopbackName(host)) return channel;
  throw new InputError(
    fields.path('starttls'),
    `a password would travel unencrypted to ${host} with ${startTls}`,
    'Set starttls: required, or leave username and password out.',
  );
}

function readLogin(fields: Fields): SmtpChannel['login'] {
  if (!fields.has('username') && !fields.has('password')) return null;
  const username = fields.matching('username', /^[^\p{Cc}]{1,255}$/u, { wanted: 'a user name' });
  return { username, password: fields.secret('password') };
}

function parseWebhook(fields: Fields, any: AnyChannel): WebhookChannel {
  const url = fields.source('url');
  const allow = fields.list('allow', []).map((word) => fields.known('allow', word, permissions));
  // Judged again, with the rest of its rules, once a secret one is known.
  if (url.kind === 'literal') readUrl(url.text, fields.path('url'));
  return { ...any, type: 'webhook', url, secret: fields.secret('secret'), allow };
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function wrong(problem: string, hint: string): InputError {
  return new InputError('channels', problem, hint);
}
