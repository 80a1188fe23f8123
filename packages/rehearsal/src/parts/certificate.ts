// A certificate for one address that is its own authority, made for servers that live as long as a rehearsal.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Certificate {
  /** PEM, PKCS #8. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
}

export interface CertificateOptions {
  readonly name: string;
  /** An IPv4 address. */
  readonly address: string;
  /** Milliseconds since the epoch; valid from an hour before to two days after. */
  readonly now: number;
}

const hourMs = 3_600_000;

/** X.509 v3 over a fresh P-256 key, signed by itself. Source: RFC 5280, section 4.1; RFC 5480; RFC 5758. */
export function makeCertificate({ name, address, now }: CertificateOptions): Certificate {
  if (!isIPv4(address)) throw new TypeError(`an IPv4 address was expected, ${address} was found`);
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const distinguishedName = sequence(set(sequence(commonName, utf8(name))));
  const body = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(positive(randomBytes(16))),
    sequence(ecdsaWithSha256),
    distinguishedName,
    sequence(time(now - hourMs), time(now + 48 * hourMs)),
    distinguishedName,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extensions(address))),
  );
  const signature = sign('sha256', body, pair.privateKey);
  const whole = sequence(body, sequence(ecdsaWithSha256), der(0x03, Uint8Array.of(0), signature));
  return {
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem(whole),
  };
}

const commonName = der(0x06, Uint8Array.of(0x55, 0x04, 0x03));
const ecdsaWithSha256 = der(0x06, Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const subjectAltName = der(0x06, Uint8Array.of(0x55, 0x1d, 0x11));
const basicConstraints = der(0x06, Uint8Array.of(0x55, 0x1d, 0x13));

/** The address, and that the certificate may vouch for itself. */
function extensions(address: string): Buffer {
  const names = sequence(der(0x87, Uint8Array.from(address.split('.').map(Number))));
  const critical = der(0x01, Uint8Array.of(0xff));
  const authority = sequence(der(0x01, Uint8Array.of(0xff)));
  return Buffer.concat([
    sequence(basicConstraints, critical, der(0x04, authority)),
    sequence(subjectAltName, der(0x04, names)),
  ]);
}

/** Tag, length, contents. Source: ITU-T X.690, section 8.1. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, each) => sum + each.byteLength, 0);
  const long = length < 0x80 ? [] : [length >> 8, length & 0xff].filter((octet, at) => at > 0 || octet > 0);
  const head = long.length === 0 ? [tag, length] : [tag, 0x80 | long.length, ...long];
  return Buffer.concat([Uint8Array.from(head), ...contents]);
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
  return der(0x30, ...contents);
}

function set(...contents: readonly Uint8Array[]): Buffer {
  return der(0x31, ...contents);
}

function integer(octets: Uint8Array): Buffer {
  return der(0x02, octets);
}

/** A first octet from 0x40 to 0x7f: neither negative nor with an octet too many. */
function positive(octets: Uint8Array): Uint8Array {
  return Uint8Array.from(octets, (octet, at) => (at === 0 ? (octet & 0x3f) | 0x40 : octet));
}

function utf8(text: string): Buffer {
  return der(0x0c, Buffer.from(text));
}

/** UTCTime `YYMMDDHHMMSSZ`, which RFC 5280 wants until 2049. */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds)
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2);
  return der(0x17, Buffer.from(text));
}

function pem(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
