// A secret is known in every encoding, wherever it stands in the encoded text.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SecretEncoding, secretForms } from '../src/secret-forms.js';
import { createRedactor } from '../src/secrets.js';

const value = 'p&ss/w<rd ~é!>+?';

function textsOf(encoding: SecretEncoding, of = value): readonly string[] {
  return secretForms(of)
    .filter((form) => form.encoding === encoding)
    .map(({ text }) => text);
}

describe('secretForms', () => {
  it.each<[SecretEncoding, string]>([
    ['raw', value],
    ['url', 'p%26ss%2Fw%3Crd%20~%C3%A9!%3E%2B%3F'],
    ['url', 'p%26ss%2Fw%3Crd+~%C3%A9%21%3E%2B%3F'],
    ['url', 'p%26ss%2fw%3crd%20~%c3%a9%21%3e%2b%3f'],
    ['hex', Buffer.from(value).toString('hex')],
    ['hex', Buffer.from(value).toString('hex').toUpperCase()],
    ['json', 'p\\u0026ss/w\\u003crd ~é!\\u003e+?'],
    ['json', 'p&ss\\/w<rd ~é!>+?'],
    ['json', 'p&ss/w<rd ~\\u00e9!>+?'],
  ])('knows %s: %s', (encoding, text) => {
    expect(textsOf(encoding)).toContain(text);
  });

  it.each(['base64', 'base64url'] as const)(
    'knows it inside the %s of any text around it, at every offset',
    (encoding) => {
      const secret = fc.string({ unit: 'binary', minLength: 8, maxLength: 60 });
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 9 }),
          secret,
          fc.uint8Array({ maxLength: 9 }),
          (a, inner, b) => {
            const text = Buffer.concat([a, Buffer.from(inner), b]).toString(encoding);

            const forms = [...textsOf('base64', inner), ...textsOf('base64url', inner)];
            expect(forms.some((form) => text.includes(form))).toBe(true);
            expect(forms.every((form) => form.length >= 10)).toBe(true);
          },
        ),
      );
    },
  );

  it('knows each line of 8 characters or more, and no text twice', () => {
    const forms = secretForms('first line of it\r\nshort\n  second line of it\n');

    expect(forms.filter(({ encoding }) => encoding === 'line').map(({ text }) => text)).toEqual([
      'first line of it',
      'second line of it',
    ]);
    expect(new Set(secretForms('abcdefgh01').map(({ text }) => text)).size).toBe(
      secretForms('abcdefgh01').length,
    );
    expect(textsOf('url', 'abcdefgh01')).toEqual([]);
  });
});

describe('createRedactor', () => {
  it('blanks a secret inside the base64 of a longer text', () => {
    const basic = Buffer.from('x-access-token:token-of-the-job').toString('base64');

    expect(createRedactor(['token-of-the-job']).redact(`AUTHORIZATION: basic ${basic}`)).toMatch(/\*{3}/);
  });

  it('leaves other words alone for the base64 of a short secret', () => {
    expect(createRedactor(['ab']).redact('YW and FiY')).toBe('YW and FiY');
  });
});
