import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tagFor } from '../../src/registry/tag-name.js';

const valid = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

describe('tags for branch names', () => {
  it('a name that is a tag stays as it is', () => {
    for (const name of ['develop', 'v1.2.3', '_x', 'A'.repeat(128)]) expect(tagFor(name)).toBe(name);
  });

  it('names that only differ in forbidden characters stay apart', () => {
    const names = ['feature/a-b', 'feature/a/b', 'feature-a-b', 'feature-a/b', 'feature//a-b'];

    expect(new Set(names.map(tagFor)).size).toBe(names.length);
  });

  it('a name that looks like the tag of another does not take it', () => {
    expect(tagFor(tagFor('feature/a'))).not.toBe(tagFor('feature/a'));
  });

  it.each([
    '#5',
    '.x',
    '-x',
    'größe',
    '分支',
    'v1.2.3+build',
    'a'.repeat(200),
    '',
    '/',
    'a/'.repeat(90),
    'x\ny',
  ])('%j becomes a valid tag', (name) => {
    expect(tagFor(name)).toMatch(valid);
  });

  it('long names that differ at their end stay apart', () => {
    expect(tagFor(`${'a'.repeat(200)}1`)).not.toBe(tagFor(`${'a'.repeat(200)}2`));
  });

  const character = fc.nat({ max: 0xd7ff }).map((code) => String.fromCharCode(code));

  it('any text becomes a valid tag without a line break, and different texts different tags', () => {
    const text = fc.oneof(fc.string({ unit: character, maxLength: 300 }), fc.string({ maxLength: 20 }));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const [a, b] = [tagFor(left), tagFor(right)];
        return valid.test(a) && valid.test(b) && (left === right) === (a === b);
      }),
    );
  });
});
