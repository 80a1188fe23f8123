// A mail server on loopback with STARTTLS that keeps what it is given, for the length of one rehearsal.
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { makeCertificate } from './certificate.js';

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  /** The plain text; what the HTML says where there is none. */
  readonly text: string;
}

export interface MailPart {
  readonly host: string;
  readonly port: number;
  /** Of every account, for those who log in. */
  readonly password: string;
  /** PEM of the server's certificate, which is its own authority. */
  readonly certificate: string;
  /** Everything that was taken so far, oldest first. */
  readonly mails: readonly Mail[];
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Starts the server on a free port, or on `wanted`. Nothing is taken in the open: MAIL before STARTTLS is refused. A login is not asked
 * for, and must be right where it is made. `now`: milliseconds since the epoch, for the certificate.
 */
export async function startMail(now: number, wanted = 0): Promise<MailPart> {
  const { SMTPServer } = await import('smtp-server');
  const { key, certificate } = makeCertificate({ name: 'Headgate rehearsal', address: host, now });
  const right = randomBytes(18).toString('base64url');
  const mails: Mail[] = [];
  const server = new SMTPServer({
    key,
    cert: certificate,
    authOptional: true,
    onAuth: ({ username, password }, _session, callback) =>
      password === right ? callback(null, { user: username }) : callback(refusal(535, 'wrong password')),
    onMailFrom: (_address, { secure }, callback) =>
      secure ? callback() : callback(refusal(530, 'STARTTLS comes first')),
    onData: (stream, { envelope }, callback) => {
      const to = envelope.rcptTo.map(({ address }) => address);
      readMail(stream, to).then(
        (mail) => {
          mails.push(mail);
          callback();
        },
        (error: unknown) => callback(refusal(451, String(error))),
      );
    },
  });
  // A client that hangs up in the middle is not the server's fault.
  server.on('error', () => undefined);
  const port = await new Promise<number>((resolve, reject) => {
    server.server.once('error', reject);
    const listening = server.listen(wanted, host, () => {
      const address = listening.address();
      resolve(address === null || typeof address === 'string' ? 0 : address.port);
    });
  });
  return {
    host,
    port,
    password: right,
    certificate,
    mails,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}

async function readMail(stream: Readable, to: readonly string[]): Promise<Mail> {
  const { default: PostalMime } = await import('postal-mime');
  const { subject = '', text, html = '' } = await PostalMime.parse(await buffer(stream));
  return { to, subject, text: text ?? html };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
