// Expansion of matrices.
import { describe, expect, it } from '@jest/globals';
import { expandMatrix, legTitle } from '../../src/engine/matrix.js';

describe('a matrix', () => {
  it.each<[string, unknown, unknown[]]>([
    ['one vector', { a: [1, 2] }, [{ a: 1 }, { a: 2 }]],
    [
      'the product in order of writing',
      { a: [1, 2], b: ['x', 'y'] },
      [
        { a: 1, b: 'x' },
        { a: 1, b: 'y' },
        { a: 2, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ],
    [
      'exclude',
      { a: [1, 2], b: [1, 2], exclude: [{ a: 1 }] },
      [
        { a: 2, b: 1 },
        { a: 2, b: 2 },
      ],
    ],
    [
      'exclude by a part of an object',
      { a: [{ n: 1, m: 1 }, { n: 2 }], exclude: [{ a: { n: 1 } }] },
      [{ a: { n: 2 } }],
    ],
    ['include alone', { include: [{ a: 1 }, { a: 2 }] }, [{ a: 1 }, { a: 2 }]],
    [
      "GitHub's documented example",
      {
        fruit: ['apple', 'pear'],
        animal: ['cat', 'dog'],
        include: [
          { color: 'green' },
          { color: 'pink', animal: 'cat' },
          { fruit: 'apple', shape: 'circle' },
          { fruit: 'banana' },
          { fruit: 'banana', animal: 'cat' },
        ],
      },
      [
        { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
        { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
        { fruit: 'pear', animal: 'cat', color: 'pink' },
        { fruit: 'pear', animal: 'dog', color: 'green' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    ],
  ])('%s', (_name, matrix, expected) => {
    expect(expandMatrix(matrix, 'x.yml:1')).toEqual(expected);
  });

  it.each<[string, unknown, RegExp]>([
    ['an empty vector', { a: [] }, /matrix vector 'a' does not contain any values/],
    ['a vector that is no list', { a: 'text' }, /x\.yml:1: matrix\.a must be a list/],
    ['no object', '[]', /the matrix must be an object/],
    ['more than 256 legs', { a: Array.from({ length: 257 }, (_, index) => index) }, /257 combinations/],
    [
      'an excluded key that is none',
      { a: [1], exclude: [{ b: 1 }] },
      /Matrix exclude key 'b' does not match/,
    ],
    ['nothing left', { a: [1], exclude: [{ a: 1 }] }, /no combination/],
  ])('refuses %s', (_name, matrix, message) => {
    expect(() => expandMatrix(matrix, 'x.yml:1')).toThrow(message);
  });

  it('names a leg by its scalars', () => {
    expect(legTitle({ a: 1, b: { c: 'x', d: [true, null] } })).toBe('1, x, true');
  });
});
