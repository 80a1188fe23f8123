// The rehearsal's mail server, asked by a real mail client.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import { makeCertificate } from '../../src/parts/certificate.js';
import { type MailPart, startMail } from '../../src/parts/mail.js';

let mail: MailPart;
beforeAll(async () => {
  mail = await startMail(Date.now());
});
afterAll(() => mail.stop());

const message = {
  from: 'Deliveries <deliveries@example.com>',
  to: ['team@example.com', 'Ops <ops@example.com>'],
  subject: 'Approval wanted: 1.0.0 → production, grüße',
  text: 'Open http://127.0.0.1/octo/shop/pull/7#issuecomment-1 and copy the line.\nÄ line that is long enough to be folded by quoted-printable encoding, and then some more words.',
  html: '<p>Open it</p>',
};

async function send(options: SMTPTransportOptions, change: Partial<typeof message> = {}): Promise<void> {
  const { host, port } = mail;
  const transport = createTransport({ host, port, tls: { ca: mail.certificate }, ...options });
  try {
    await transport.sendMail({ ...message, ...change });
  } finally {
    transport.close();
  }
}

describe('the mail server', () => {
  it('keeps what was sent by STARTTLS, decoded, to whom the envelope says', async () => {
    await send({ requireTLS: true });

    expect(mail.mails.at(-1)).toEqual({
      to: ['team@example.com', 'ops@example.com'],
      subject: message.subject,
      text: expect.stringContaining(message.text),
    });
  });

  it('shows the HTML where there is no text', async () => {
    await send({ requireTLS: true }, { text: '' });

    expect(mail.mails.at(-1)?.text).toContain('Open it');
  });

  it('takes nothing in the open', async () => {
    const before = mail.mails.length;

    await expect(send({ ignoreTLS: true })).rejects.toThrow('STARTTLS comes first');
    expect(mail.mails).toHaveLength(before);
  });

  it('is not trusted by who does not know its certificate', async () => {
    await expect(send({ requireTLS: true, tls: {} })).rejects.toThrow(/self-signed certificate/);
  });

  it('takes a login with its own password only', async () => {
    const user = 'rehearsal';

    await send({ requireTLS: true, auth: { user, pass: mail.password } });
    await expect(send({ requireTLS: true, auth: { user, pass: 'another' } })).rejects.toThrow(
      'wrong password',
    );
  });
});

describe('a certificate', () => {
  it('is its own authority for one address, from an hour before to two days after', () => {
    const now = Date.UTC(2026, 10, 21, 8, 30);
    const { certificate } = makeCertificate({ name: 'Rehearsal', address: '127.0.0.1', now });

    const read = new X509Certificate(certificate);

    expect(read.verify(read.publicKey)).toBe(true);
    expect([read.ca, read.subject, read.issuer]).toEqual([true, 'CN=Rehearsal', 'CN=Rehearsal']);
    expect([read.checkIP('127.0.0.1'), read.checkIP('127.0.0.2')]).toEqual(['127.0.0.1', undefined]);
    expect([read.validFrom, read.validTo]).toEqual(['Nov 21 07:30:00 2026 GMT', 'Nov 23 08:30:00 2026 GMT']);
  });

  it('has a key and a number of its own each time', () => {
    const options = { name: 'Rehearsal', address: '127.0.0.1', now: 0 };
    const [one, other] = [makeCertificate(options), makeCertificate(options)].map(
      ({ certificate }) => new X509Certificate(certificate),
    );

    expect(one?.serialNumber).not.toBe(other?.serialNumber);
    expect(one?.fingerprint256).not.toBe(other?.fingerprint256);
  });

  it('is for IPv4 addresses only', () => {
    expect(() => makeCertificate({ name: 'x', address: 'localhost', now: 0 })).toThrow(TypeError);
  });
});
