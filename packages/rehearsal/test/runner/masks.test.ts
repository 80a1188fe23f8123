// Masked values.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMasks } from '../../src/runner/masks.js';

describe('masks', () => {
  it.each<[string, string, string]>([
    ['the value', 's3cret-value', 'a s3cret-value b'],
    ['its Base64 form', 's3cret-value', Buffer.from('s3cret-value').toString('base64')],
    ['its Base64 form behind one byte', 's3cret-value', Buffer.from('us3cret-value').toString('base64')],
    [
      'its Base64 form inside a header',
      's3cret-value',
      Buffer.from('x-access-token:s3cret-value').toString('base64'),
    ],
    ['its JSON form', 'a "quoted" secret', JSON.stringify({ a: 'a "quoted" secret' })],
    ['its URL form', 'a/b c&d', `https://x/?q=${encodeURIComponent('a/b c&d')}`],
    ['a line of it', 'first line\nsecond line', 'only second line'],
    ['characters of expressions', 'a+b(c)[d]$^', 'x a+b(c)[d]$^'],
  ])('hide %s', (_name, value, text) => {
    const masks = createMasks();
    masks.add(value);

    expect(masks.hides(text)).toBe(true);
    expect(masks.mask(text)).toContain('***');
    expect(masks.mask(text)).not.toContain(text);
  });

  it('leave everything else alone, empty values included', () => {
    const masks = createMasks();
    expect(masks.mask('text')).toBe('text');
    for (const value of ['', '  ', '\n', 'secret']) masks.add(value);

    expect(masks.mask('a b\nc')).toBe('a b\nc');
    expect(masks.hides('secre')).toBe(false);
  });

  it('never let a value through, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, unit: 'grapheme' }),
        fc.string(),
        fc.string(),
        (value, before, after) => {
          fc.pre(value.trim().length >= 8 && !'***'.includes(value.trim()));
          const masks = createMasks();
          masks.add(value);
          expect(masks.mask(before + value + after)).not.toContain(value.trim());
        },
      ),
    );
  });
});
