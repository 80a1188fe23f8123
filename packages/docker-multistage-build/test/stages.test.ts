// What can be said of a Dockerfile's stages before the builder reads it.
import { describe, expect, it } from '@jest/globals';
import { stagesOf } from '../src/stages.js';

describe('stagesOf', () => {
  it.each([
    [
      'names in lower case, in file order',
      'FROM a AS Deps\nRUN <<E\nFROM x AS no\nE\nFROM deps',
      ['deps', null],
    ],
    ['none without FROM', 'ARG A\n# FROM x', []],
    ['nothing of another grammar', '# syntax=example/frontend:1\nFROM a', null],
    ['nothing of a file that the builder will refuse', 'FROM a\nRUN <<E', null],
  ])('gives %s', (_, text, expected) => {
    expect(stagesOf(text)?.map(({ name }) => name) ?? null).toEqual(expected);
  });
});
