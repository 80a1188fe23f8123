// Patterns of job names.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesPattern } from '../../src/story/pattern.js';

describe('a pattern', () => {
  it.each([
    ['flow / images / image (shop)', '*image (shop)', true],
    ['flow / images / image (shop)', 'image (shop)', false],
    ['flow / images / image (shop)', 'flow*images*shop)', true],
    ['aba', 'ab*ba', false],
    ['', '*', true],
    ['a.c', 'a*c', true],
    ['abc', 'a.c', false],
  ])('compares %j with %j as %s', (text, pattern, expected) => {
    expect(matchesPattern(text, pattern)).toBe(expected);
  });

  it('finds every text it was made of', () => {
    const part = fc.string().map((text) => text.replaceAll('*', ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part), { minLength: 1, maxLength: 5 }), part, (pairs, end) => {
        const text = pairs.map(([fixed, any]) => fixed + any).join('') + end;
        expect(matchesPattern(text, `${pairs.map(([fixed]) => `${fixed}*`).join('')}${end}`)).toBe(true);
      }),
    );
  });
});
