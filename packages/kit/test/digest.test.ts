// Canonical JSON by the rules of RFC 8785, and the two ways to SHA-256.
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, digestOf, hmac, sha256Hex } from '../src/digest.js';
import { sha256OfText } from '../src/sha256.js';

describe('canonicalJson', () => {
  it.each([
    [
      'numbers as ECMAScript writes them',
      [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    ['only the escapes that JSON needs', '\u20ac$\u000f\nA\'B"\\/', '"€$\\u000f\\nA\'B\\"\\\\/"'],
    ['literals', [null, true, false], '[null,true,false]'],
    ['no white space', { a: [1, { b: '' }] }, '{"a":[1,{"b":""}]}'],
    ['no member that is undefined', { a: undefined, b: 1 }, '{"b":1}'],
    [
      'keys by UTF-16 code units',
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\ud83d\ude00":5,"\ufb33":3}',
    ],
  ])('writes %s', (_, value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  it('does not depend on the order in which members were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (value) => {
        fc.pre(isWellFormed(value));
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });

  it('reads back as the same value, with sorted keys at every level', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(isWellFormed(value));
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        JSON.parse(text, (_, member: unknown) => {
          if (member !== null && typeof member === 'object' && !Array.isArray(member)) {
            const keys = Object.keys(member).filter((key) => !/^\d+$/.test(key));
            expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : 1)));
          }
          return member;
        });
      }),
    );
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a lone surrogate', '\ud800'],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a member that is a symbol', { a: Symbol('a') }],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('refuses a cycle, and takes the same object twice side by side', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = [cycle];
    const shared = { a: 1 };

    expect(() => canonicalJson(cycle)).toThrow('cycle');
    expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });
});

describe('digests', () => {
  it('names a value by the SHA-256 of its canonical JSON', () => {
    const expected = createHash('sha256').update('{"a":1,"b":2}').digest('hex');

    expect(digestOf({ b: 2, a: 1 })).toBe(`sha256:${expected}`);
  });

  it('computes HMAC-SHA-256 as RFC 4231 does in its second case', () => {
    expect(hmac('Jefe', 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('computes the same SHA-256 with and without node:crypto, at every length around a block', () => {
    for (let length = 0; length < 200; length += 1) {
      expect(sha256OfText('é'.repeat(length))).toBe(sha256Hex('é'.repeat(length)));
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(sha256OfText(text)).toBe(sha256Hex(text));
      }),
    );
  });
});

function isWellFormed(value: unknown): boolean {
  return !/\\ud[89a-f]/i.test(JSON.stringify(value));
}
