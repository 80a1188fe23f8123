// Splitting command lines into words.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitWords } from '../src/words.js';

describe('words of a command line', () => {
  it.each([
    ['node server.mjs --port 3000', ['node', 'server.mjs', '--port', '3000']],
    [`sh -c 'echo "$A" && b'`, ['sh', '-c', 'echo "$A" && b']],
    [`a "b c" d\\ e`, ['a', 'b c', 'd e']],
    [`"a\\"b" 'c\\d'`, ['a"b', 'c\\d']],
    [`a ""`, ['a', '']],
    ['  ', []],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it.each([`a 'b`, `"c`])('%s has a quote that is not closed', (line) => {
    expect(splitWords(line)).toBeNull();
  });

  it('gives back any words that were put in single quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((word) => !word.includes("'"))), (words) => {
        expect(splitWords(words.map((word) => `'${word}'`).join(' '))).toEqual(words);
      }),
    );
  });
});
