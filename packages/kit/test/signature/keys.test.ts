// Keys as people paste them: which are taken, which are refused in which words, and that none is ever quoted.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSigningKey } from '../../src/signature/signing-key.js';
import { readVerifyKeys } from '../../src/signature/verify-key.js';

const pairs = {
  'ECDSA P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: generateKeyPairSync('ed25519'),
};
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secret = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'pkcs8' }));
const open = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'spki' }));
const ours = pairs['ECDSA P-256'];

describe.each(Object.entries(pairs))('a pair for %s', (_, { privateKey, publicKey }) => {
  const key = readSigningKey(secret(privateKey), 'signing-key');
  const [verifier] = readVerifyKeys(open(publicKey), 'verify-key');

  it('verifies every text that it has signed, under the same name from either half', () => {
    expect(key.verifyKey.name).toBe(verifier?.name);
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(verifier?.verifies(payload, key.sign(payload))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('verifies neither another text nor another signature', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, by) => {
          const change = (given: Uint8Array): Uint8Array =>
            given.map((byte, index) => (index === at % given.length ? byte ^ by : byte));
          const signature = key.sign(bytes);
          expect(verifier?.verifies(change(bytes), signature)).toBe(false);
          expect(verifier?.verifies(bytes, change(signature))).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses any bytes as a signature, without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (signature) => {
        expect(verifier?.verifies(Buffer.from('x'), signature)).toBe(false);
      }),
    );
  });
});

it('signs with Ed25519 the same way each time', () => {
  const key = readSigningKey(secret(pairs.Ed25519.privateKey), 'signing-key');

  expect(key.sign(Buffer.from('x'))).toEqual(key.sign(Buffer.from('x')));
});

it.each([
  ['folded into one line', open(ours.publicKey).replaceAll('\n', ' ')],
  ['indented, with carriage returns', open(ours.publicKey).replaceAll('\n', '\r\n    ')],
])('takes a key that YAML has %s', (_, text) => {
  expect(readVerifyKeys(text, 'verify-key')).toHaveLength(1);
});

it('takes several public keys', () => {
  const names = readVerifyKeys(
    Object.values(pairs)
      .map(({ publicKey }) => open(publicKey))
      .join(''),
    'verify-key',
  );

  expect(new Set(names.map(({ name }) => name)).size).toBe(2);
});

describe('public keys that are refused', () => {
  it.each([
    ['nothing', '', /1 to 16 of them/],
    ['a text', 'cosign.pub', /1 to 16 of them/],
    ['a key and something besides', `${open(ours.publicKey)}x`, /nothing besides/],
    ['seventeen keys', open(ours.publicKey).repeat(17), /1 to 16 of them/],
    ['a private key', secret(ours.privateKey), /key 1 of 1 is a private key/],
    ['a key of P-384', open(p384.publicKey), /it is ec secp384r1/],
    ['a key of RSA', open(rsa.publicKey), /it is rsa/],
    ['a damaged key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /damaged/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /is a CERTIFICATE/],
  ])('are %s', (_, text, message) => {
    expect(() => readVerifyKeys(text, 'verify-key')).toThrow(message);
  });
});

describe('private keys that are refused', () => {
  const encrypted = ours.privateKey.export({
    format: 'pem',
    type: 'pkcs8',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  });
  it.each([
    ['nothing', '', /one private key/, /genpkey/],
    ['two of them', secret(ours.privateKey).repeat(2), /nothing besides/, /genpkey/],
    ['one with a passphrase', String(encrypted), /it is a ENCRYPTED PRIVATE KEY/, /passphrase/],
    [
      'one in SEC 1',
      String(ours.privateKey.export({ format: 'pem', type: 'sec1' })),
      /EC PRIVATE KEY/,
      /pkcs8 -topk8/,
    ],
    ['one of P-384', secret(p384.privateKey), /secp384r1/, /genpkey/],
    ['one of RSA', secret(rsa.privateKey), /rsa/, /genpkey/],
    ['a public key', open(ours.publicKey), /it is a PUBLIC KEY/, /genpkey/],
    ['a damaged one', secret(ours.privateKey).replace(/\n.{40}/, '\n'), /damaged/, /whole file/],
  ])('are %s, in words without the key', (_, text, message, hint) => {
    const problem = thrown(() => readSigningKey(text, 'build-secrets: signing-key'));

    expect(problem).toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(problem.cause).toBeUndefined();
    for (const line of text.split('\n').filter((one) => one.length > 20 && !one.startsWith('--')))
      expect(`${problem.message}${problem.stack}`).not.toContain(line);
  });
});

function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('an error was expected');
}
