// Variables of a compose file.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are compose variables
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { interpolate } from '../src/interpolation.js';

const vars = new Map([
  ['NAME', 'value'],
  ['EMPTY', ''],
  ['TRICKY', '$NAME ${NAME}'],
]);

describe('interpolation', () => {
  it.each([
    ['$NAME', 'value'],
    ['a${NAME}b', 'avalueb'],
    ['$NAME-x', 'value-x'],
    ['${NAME:-other}', 'value'],
    ['${MISSING:-other}', 'other'],
    ['${MISSING-}', ''],
    ['${EMPTY:-other}', 'other'],
    ['${EMPTY-other}', ''],
    ['${EMPTY}', ''],
    ['$$NAME', '$NAME'],
    ['$$$NAME', '$value'],
    ['${TRICKY}', '$NAME ${NAME}'],
    ['no variable', 'no variable'],
  ])('%s becomes %s', (text, expected) => {
    expect(interpolate(text, vars)).toEqual({ ok: true, text: expected });
  });

  it.each([
    ['${MISSING}', 'the variable MISSING has no value'],
    ['$MISSING', 'the variable MISSING has no value'],
    ['${MISSING:?tell us}', 'MISSING: tell us'],
    ['${EMPTY:?tell us}', 'EMPTY: tell us'],
    ['${EMPTY?}${MISSING?}', 'the variable MISSING has no value'],
    ['costs 5$', 'is no variable'],
    ['${1BAD}', 'is no variable'],
    ['${NAME', 'is no variable'],
  ])('%s is refused: %s', (text, problem) => {
    expect(interpolate(text, vars)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  it('gives every text back that had its dollar signs doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(interpolate(text.replaceAll('$', '$$$$'), vars)).toEqual({ ok: true, text });
      }),
    );
  });
});
