// Makes a channel ready to send: its secrets found and masked, or the reason why it cannot.
import { resolve } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { ActionError, type InputError } from '@headgate/kit/errors';
import { maskSecret, type SecretMap } from '@headgate/kit/secrets';
import type { Attempt, Fault } from './attempts.js';
import type { Channel, SmtpChannel, WebhookChannel } from './channels.js';
import type { Lookup } from './destination.js';
import type { Sending } from './sending.js';
import { parseSigningKey } from './signature.js';
import { readAuthorities, sendMail } from './smtp.js';
import { callWebhook } from './webhook.js';
import { readUrl, secretParts } from './webhook-url.js';

export type Send = (sending: Sending, signal: AbortSignal) => Promise<Attempt>;
export type Sender =
  | { readonly kind: 'ready'; readonly send: Send }
  | { readonly kind: 'unready'; readonly fault: Fault };

export interface SenderParts {
  readonly secrets: SecretMap;
  readonly deps: Pick<Deps, 'core' | 'http' | 'context'>;
  readonly lookup: Lookup;
}

/** A missing or malformed secret is this channel's failure, not everybody's: a best-effort channel must not stop a delivery. */
export async function prepareSender(channel: Channel, parts: SenderParts): Promise<Sender> {
  return channel.type === 'smtp' ? await prepareSmtp(channel, parts) : prepareWebhook(channel, parts);
}

async function prepareSmtp(channel: SmtpChannel, { secrets, deps }: SenderParts): Promise<Sender> {
  const { login, caFile } = channel;
  const password = login === null ? null : secrets.top(login.password);
  if (login !== null && password === null) return missing(login.password);
  try {
    const ca = caFile === null ? null : await readAuthorities(resolve(deps.context.workspace, caFile));
    return { kind: 'ready', send: (sending, signal) => sendMail({ channel, password, ca }, sending, signal) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return unready('smtp-tls', `ca-file could not be read: ${code}`);
  }
}

function prepareWebhook(channel: WebhookChannel, { secrets, deps, lookup }: SenderParts): Sender {
  const text = channel.url.kind === 'literal' ? channel.url.text : secrets.top(channel.url.name);
  if (text === null) return missing(channel.url.kind === 'secret' ? channel.url.name : '');
  const secret = secrets.top(channel.secret);
  if (secret === null) return missing(channel.secret);
  const key = parseSigningKey(secret);
  if (key === null) {
    return unready('channel-secret', `${channel.secret} is not whsec_ followed by base64 of 24 to 64 bytes`);
  }
  try {
    const url = readUrl(text, `${channel.name}.url`);
    for (const part of secretParts(url)) maskSecret(part, (value) => deps.core.setSecret(value));
    const session = { channel, url, key, http: deps.http, lookup };
    return { kind: 'ready', send: (sending, signal) => callWebhook(session, sending, signal) };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return unready('channel-secret', (error as InputError).message);
  }
}

function missing(name: string): Sender {
  return unready('channel-secret', `notify-secrets has no member ${name}`);
}

function unready(code: Fault['code'], message: string): Sender {
  return { kind: 'unready', fault: { kind: 'failed', code, message, retryable: false } };
}
