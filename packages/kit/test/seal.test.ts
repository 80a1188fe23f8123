// Sealed files: what is sealed opens again only unchanged, under the same key, in the same place; differences are named.
import type { ActionError } from '@headgate/kit/errors';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openSeal, seal } from '../src/seal.js';
import { type Bound, differingFields } from '../src/seal-bound.js';
import { parseEnvelope, type SealEnvelope } from '../src/seal-envelope.js';
import { createSealKey, deriveKey, readSealKey } from '../src/seal-key.js';
import { parseSecretMap } from '../src/secrets.js';
import { loadYaml } from '../src/yaml-loader.js';

await loadYaml();

const key = createSealKey('a text of more than thirty-two characters');
const bound: Bound = {
  repository: 'acme/shop',
  commit: 'a'.repeat(40),
  environment: 'staging',
  runId: 1000,
  directory: 'infra',
  workspace: 'default',
  backendDigest: 'b'.repeat(64),
  serial: 0,
  lineage: '',
};
const content = Buffer.from('a plan');
const sealed = seal(key, { content, bound });
const words = fc.dictionary(
  fc.stringMatching(/^[a-zA-Z]{1,8}$/),
  fc.oneof(fc.maxSafeInteger(), fc.string({ unit: 'grapheme' })),
);

describe('a sealed file', () => {
  it('opens again, whatever was sealed and whatever it is bound to', () => {
    fc.assert(
      fc.property(fc.uint8Array(), words, (bytes, facts) => {
        const envelope = parseEnvelope(
          JSON.parse(JSON.stringify(seal(key, { content: bytes, bound: facts }))),
        );
        expect(Buffer.from(openSeal(key, envelope, facts))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('does not open with any bit of its bytes turned', () => {
    const members = ['salt', 'nonce', 'ciphertext', 'tag'] as const;
    for (const member of members) {
      for (let bit = 0; bit < Buffer.from(sealed[member], 'base64').length * 8; bit += 1) {
        const turned = Buffer.from(sealed[member], 'base64');
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const envelope = { ...sealed, [member]: turned.toString('base64') };
        expect(codeOf(() => openSeal(key, envelope, bound))).toBe('seal-broken');
      }
    }
  });

  it.each(Object.keys(bound))(
    'names %s when it differs, and does not open when it was forged to fit',
    (name) => {
      const other = { ...bound, [name]: typeof bound[name] === 'number' ? 7 : 'else' };

      const error = errorOf(() => openSeal(key, sealed, other));
      expect(error.code).toBe('seal-mismatch');
      expect(error.message).toContain(`${name}: ${JSON.stringify(other[name])} was expected`);
      expect(codeOf(() => openSeal(key, { ...sealed, bound: other }, other))).toBe('seal-broken');
    },
  );

  it('names every field that differs, and one that is missing', () => {
    const { serial: _, ...rest } = bound;

    const error = errorOf(() => openSeal(key, sealed, { ...rest, runId: 2, directory: 'else' }));

    expect(error.message).toMatch(/directory: .*runId: .*serial: nothing was expected, 0 was found/);
  });

  it('names another key, and does not open when its id was forged to fit', () => {
    const other = createSealKey('another text of more than thirty-two characters');

    expect(codeOf(() => openSeal(other, sealed, bound))).toBe('seal-key-differs');
    expect(codeOf(() => openSeal(other, { ...sealed, keyId: other.id }, bound))).toBe('seal-broken');
  });

  it('never looks the same twice, and shows nothing of what is in it', () => {
    const again = seal(key, { content, bound });

    expect(again.salt).not.toBe(sealed.salt);
    expect(again.ciphertext).not.toBe(sealed.ciphertext);
    expect(Buffer.from(sealed.ciphertext, 'base64').toString()).not.toContain('a plan');
  });

  it.each<[string, unknown]>([
    ['no object', 'text'],
    ['null', null],
    ['another document', {}],
    ['a later version', { ...sealed, version: 2 }],
    ['a bound fact that is no text or number', { ...sealed, bound: { a: [] } }],
    ['a bound number that is not exact', { ...sealed, bound: { a: 0.5 } }],
    ['a short nonce', { ...sealed, nonce: 'AAAA' }],
    ['a short tag', { ...sealed, tag: 'AAAA' }],
    ['base64 with something behind it', { ...sealed, tag: `${sealed.tag}\n` }],
    ['no ciphertext', { ...sealed, ciphertext: undefined }],
  ])('is not read from %s', (_, document) => {
    expect(codeOf(() => parseEnvelope(document))).toBe('seal-unreadable');
  });
});

describe('differingFields', () => {
  it('is empty for equal facts in any order, and takes a name of Object for a name like any other', () => {
    expect(differingFields({ a: 1, b: '2' }, { b: '2', a: 1 })).toEqual([]);
    expect(differingFields({}, { toString: 'x', a: 1 })).toEqual(['a', 'toString']);
    expect(differingFields({ a: 1 }, { a: '1' })).toEqual(['a']);
  });
});

describe('a seal key', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index));

  it.each([
    ['32 bytes in base64', bytes.toString('base64'), 'base64'],
    ['a text of 32 characters', 'k'.repeat(32), 'utf8'],
    ['a text of 43 characters that looks like base64', 'A'.repeat(43), 'utf8'],
  ] as const)('is %s', (_, text, encoding) => {
    expect(Buffer.from(createSealKey(text).material)).toEqual(Buffer.from(text, encoding));
  });

  it.each(['', 'zyxwvu', 'k'.repeat(31), `${' '.repeat(20)}${'k'.repeat(20)}`])('is not %j', (text) => {
    const error = errorOf(() => createSealKey(text));

    expect(error.code).toBe('seal-key-weak');
    if (text.trim() !== '') expect(error.message + error.hint).not.toContain(text.trim());
  });

  it('gives another key for another purpose or salt', () => {
    const keys = [deriveKey(key, 'one'), deriveKey(key, 'two'), deriveKey(key, 'one', Buffer.from('salt'))];

    expect(new Set(keys.map((each) => Buffer.from(each).toString('hex'))).size).toBe(3);
  });

  it('comes from the secret map, and its absence names the secret', () => {
    const map = (text: string) =>
      parseSecretMap(text, { name: 'deploy-secrets', setSecret: () => undefined });

    expect(readSealKey(map(`seal-key: "${'k'.repeat(40)}"`), 'deploy-secrets').id).toMatch(/^[0-9a-f]{16}$/);
    expect(errorOf(() => readSealKey(map('{}'), 'deploy-secrets'))).toMatchObject({
      code: 'secrets-missing',
      hint: expect.stringContaining('DEPLOY_SECRETS'),
    });
  });
});

// Made once with these sources; opened by a second implementation, in Python, that shares no code with them.
describe('the published vectors of version 1', () => {
  const vectors: readonly (readonly [string, string, SealEnvelope])[] = [
    [
      'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
      'a plan',
      {
        format: 'headgate-seal',
        version: 1,
        keyId: '16ad0f446321279e',
        bound: {
          repository: 'acme/shop',
          commit: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
          environment: 'staging',
          runId: 1000,
          directory: 'infra',
          workspace: 'default',
          backendDigest: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
          serial: 0,
          lineage: '',
        },
        salt: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
        nonce: 'ZGVmZ2hpamtsbW5v',
        ciphertext: 'RMHftFCF',
        tag: '9EIzJY9Y9HKFscFIYvzXYQ==',
      },
    ],
    [
      'a text of more than thirty-two characters',
      '',
      {
        format: 'headgate-seal',
        version: 1,
        keyId: '17b80acfa5f40785',
        bound: {},
        salt: 'BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=',
        nonce: 'a2xtbm9wcXJzdHV2',
        ciphertext: '',
        tag: 'Wp1dvL5hO8BgXWtRjHe7iw==',
      },
    ],
    [
      'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk',
      'größer als ASCII',
      {
        format: 'headgate-seal',
        version: 1,
        keyId: '523c002e393d6db5',
        bound: {
          repository: 'acme/shop',
          commit: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
          environment: 'prüfung',
          runId: 1000,
          directory: 'infra',
          workspace: 'default',
          backendDigest: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
          serial: 42,
          lineage: '2f1b1a3e-0000-4000-8000-000000000000',
        },
        salt: 'yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5uc=',
        nonce: 'LC0uLzAxMjM0NTY3',
        ciphertext: 'g/E1YSdJhYNrGarc8Jlio/M5',
        tag: 'LAwVzbOQpapsKeLMSYVLPQ==',
      },
    ],
  ];

  it.each(vectors)('%s opens', (text, plain, envelope) => {
    expect(Buffer.from(openSeal(createSealKey(text), envelope, envelope.bound)).toString()).toBe(plain);
  });

  it.each(vectors)('%s seals to the same bytes', (text, plain, envelope) => {
    const fixed = [envelope.salt, envelope.nonce].map((each) => Buffer.from(each, 'base64'));
    const given = { content: Buffer.from(plain), bound: envelope.bound };

    expect(seal(createSealKey(text), given, () => fixed.shift() ?? Buffer.alloc(0))).toEqual(envelope);
  });
});

function errorOf(action: () => unknown): ActionError {
  try {
    action();
  } catch (error) {
    return error as ActionError;
  }
  throw new Error('a failure was expected');
}

function codeOf(action: () => unknown): string {
  return errorOf(action).code;
}
