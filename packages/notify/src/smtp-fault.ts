// What went wrong with a mail, in our own words: a server's text may repeat what it was sent.
import type { Fault } from './attempts.js';

/** What nodemailer puts on an error; `originalCode` is the socket's own. */
interface SmtpError {
  readonly code: string;
  readonly originalCode: string;
  /** The server's reply, or null. */
  readonly reply: number | null;
}

/** Reasons why a handshake fails for good. */
const certificateFaults: readonly (readonly [RegExp, string])[] = [
  [/ALTNAME/, 'the certificate is for another host'],
  [/EXPIRED|NOT_YET_VALID/, 'the certificate is not valid now'],
  [/SELF_SIGNED|UNABLE_TO|CERT_|CHAIN/, 'the certificate is not trusted'],
  [/^ERR_SSL|^EPROTO$/, 'the handshake failed'],
];

/** Classifies what nodemailer threw; 4yz replies and broken connections are worth another try, 5yz ones are not. */
export function smtpFault(thrown: unknown): Fault {
  const error = read(thrown);
  const { code, reply } = error;
  const said = reply === null ? '' : ` with ${reply}`;
  const busy = reply !== null && reply < 500;
  const certificate = certificateFaults.find(([pattern]) => pattern.test(error.originalCode));
  if (certificate !== undefined) return fault('smtp-tls', certificate[1], false);
  if (code === 'ETLS') return fault('smtp-tls', `the server did not begin STARTTLS${said}`, busy);
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return fault('smtp-auth', `the server refused the login${said}`, busy);
  }
  if (reply !== null) return fault('smtp-refused', `the server refused the message${said}`, busy);
  return fault('smtp-unreachable', `the connection failed: ${error.originalCode || code}`, true);
}

/** Those it accepted have the mail: another try would send it to them twice. */
export function refusedRecipients(refused: number, all: number): Fault {
  return fault('recipients-refused', `the server refused ${refused} of ${all} recipients`, false);
}

function fault(code: Fault['code'], message: string, retryable: boolean): Fault {
  return { kind: 'failed', code, message, retryable };
}

function read(thrown: unknown): SmtpError {
  const given = new Map<string, unknown>(
    typeof thrown === 'object' && thrown !== null ? Object.entries(thrown) : [],
  );
  const reply = given.get('responseCode');
  return {
    code: word(given.get('code')),
    originalCode: given.has('originalCode') ? word(given.get('originalCode')) : '',
    reply: typeof reply === 'number' && reply >= 400 && reply <= 599 ? reply : null,
  };
}

/** Only the form of a system's code passes. */
function word(code: unknown): string {
  return typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code) ? code : 'no reason was given';
}
