// A real mail server on loopback with a certificate made for the test.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Mail {
  readonly source: string;
  readonly secure: boolean;
  readonly user: string | null;
  readonly recipients: readonly string[];
}

export interface PostOffice {
  readonly port: number;
  /** Path of the certificate, which is its own authority. */
  readonly caFile: string;
  readonly mails: readonly Mail[];
  /** Connections so far. */
  connections(): number;
  close(): Promise<void>;
}

export const password = 'correct horse battery';

/** `options` override a server with STARTTLS and one account (`dana`, `password`) that nobody must use. */
export async function openPostOffice(options: SMTPServerOptions = {}): Promise<PostOffice> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-mail-'));
  const { key, caFile } = makeCertificate(folder);
  const mails: Mail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    key,
    cert: readFileSync(caFile),
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password: given }, _session, callback) =>
      username === 'dana' && given === password
        ? callback(null, { user: username })
        : callback(Object.assign(new Error('wrong password'), { responseCode: 535 })),
    onConnect: (_session, callback) => {
      connections += 1;
      callback();
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          source: Buffer.concat(chunks).toString('utf8'),
          secure: session.secure,
          user: session.user === undefined || session.user === false ? null : String(session.user),
          recipients: session.envelope.rcptTo.map(({ address }) => address),
        });
        callback();
      });
    },
    ...options,
  });
  // A client that gives up is not the server's failure.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    caFile,
    mails,
    connections: () => connections,
    close: async () => {
      await new Promise<void>((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeCertificate(folder: string): { readonly key: Buffer; readonly caFile: string } {
  const [keyFile, caFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=headgate test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
      .concat(['-keyout', keyFile, '-out', caFile])
      .concat(subject),
    { stdio: 'pipe' },
  );
  return { key: readFileSync(keyFile), caFile };
}
