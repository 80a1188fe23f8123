// One mail by SMTP: certificate checked always, STARTTLS as the channel says, header values only through nodemailer's encoder.
import { readFile } from 'node:fs/promises';
import type { SMTPTransportOptions } from 'nodemailer';
import type { Attempt } from './attempts.js';
import type { SmtpChannel } from './channels.js';
import type { Sending } from './sending.js';
import { refusedRecipients, smtpFault } from './smtp-fault.js';

/** Port of implicit TLS (RFC 8314); every other port begins in plain text. */
const implicitTlsPort = 465;
/** Milliseconds; above the limit of one try, which ends the connection first. */
const socketMs = 10_000;

export interface SmtpSession {
  readonly channel: SmtpChannel;
  /** Null without a login. */
  readonly password: string | null;
  /** PEM; null: the system's authorities. */
  readonly ca: string | null;
}

/** Reads the channel's file of authorities, resolved by the caller. */
export async function readAuthorities(file: string): Promise<string> {
  return await readFile(file, 'utf8');
}

/** Sends once; every fault is an answer. `signal` closes the connection. */
export async function sendMail(
  session: SmtpSession,
  sending: Sending,
  signal: AbortSignal,
): Promise<Attempt> {
  const { channel } = session;
  const { message, key, scope } = sending;
  const { openTransport } = await import('./smtp-transport.js');
  const transport = openTransport(transportOptions(session));
  try {
    const { rejected } = await transport.sendMail({
      from: channel.from,
      to: [...channel.to],
      subject: message.subject,
      text: message.text,
      html: message.html,
      messageId: `<headgate.${key}@${domainOf(channel.from.address)}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Headgate-Event': scope.event },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal,
    });
    return rejected.length === 0
      ? { kind: 'delivered' }
      : refusedRecipients(rejected.length, channel.to.length);
  } catch (error) {
    return smtpFault(error);
  } finally {
    transport.close();
  }
}

function transportOptions({ channel, password, ca }: SmtpSession): SMTPTransportOptions {
  const { host, port, startTls, login } = channel;
  return {
    host,
    port,
    secure: port === implicitTlsPort,
    requireTLS: startTls === 'required',
    ignoreTLS: startTls === 'none',
    // Some servers refuse clients that do not say who they are.
    name: domainOf(channel.from.address),
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === null ? {} : { ca }) },
    ...(login === null || password === null ? {} : { auth: { user: login.username, pass: password } }),
    connectionTimeout: socketMs,
    greetingTimeout: socketMs,
    socketTimeout: socketMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
