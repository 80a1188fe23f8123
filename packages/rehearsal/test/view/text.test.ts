// Text for terminals.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clean, cut, duration, number, table } from '../../src/view/text.js';

describe('text', () => {
  it.each([
    [0.04, '0.0 s'],
    [9.96, '10.0 s'],
    [60, '1 m 00 s'],
    [125.4, '2 m 05 s'],
  ])('shows %d seconds as %s', (seconds, shown) => {
    expect(duration(seconds)).toBe(shown);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [1_234_567, '1,234,567'],
  ])('groups the digits of %d', (value, shown) => {
    expect(number(value)).toBe(shown);
  });

  it('lets nothing through that a terminal would obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(clean(`\u001b[2J${text}\u009b\r\n\u202e`)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
    );
  });

  it('cuts to the width and not beyond', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('ab…');
  });

  it('sets tables with columns as wide as their widest cell', () => {
    const columns = [
      { title: 'a', align: 'left' },
      { title: 'time', align: 'right' },
    ] as const;

    expect(table(columns, [['long', '1'], ['x']])).toEqual(['a     time', '────  ────', 'long     1', 'x']);
  });
});
