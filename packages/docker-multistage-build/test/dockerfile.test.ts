// Stages of Dockerfiles: the shapes that mislead a line-by-line reader.
import { describe, expect, it } from '@jest/globals';
import { findStage, hasForeignSyntax, listStages } from '../src/dockerfile.js';

const names = (text: string): readonly (string | null)[] => listStages(text).map((stage) => stage.name);

describe('listStages', () => {
  it('gives name, base, index and line', () => {
    expect(
      listStages('# syntax=docker/dockerfile:1\nARG A=1\nFROM node:24 AS Deps\nRUN true\nFROM deps\n'),
    ).toEqual([
      { name: 'deps', index: 0, line: 3, base: 'node:24' },
      { name: null, index: 1, line: 5, base: 'deps' },
    ]);
  });

  it.each([
    ['lower case and odd blanks', 'from\ta  as   b\n  FROM b AS c', ['b', 'c']],
    ['a platform', 'FROM --platform=$BUILDPLATFORM a AS b', ['b']],
    ['a byte order mark and CRLF', '\uFEFFFROM a AS b\r\nFROM b AS c\r\n', ['b', 'c']],
    ['FROM inside a continuation', 'FROM a AS b\nRUN echo \\\nFROM x AS no\nFROM b AS c', ['b', 'c']],
    [
      'comments inside a continuation',
      'FROM a AS b\nRUN echo \\\n# FROM x AS no\n\n  more\nFROM b AS c',
      ['b', 'c'],
    ],
    ['FROM split over lines', 'FROM \\\n a \\\n AS b', ['b']],
    ['a heredoc body', 'FROM a AS b\nRUN <<EOF\nFROM x AS no\nEOF\nFROM b AS c', ['b', 'c']],
    [
      'a quoted heredoc with tabs',
      "FROM a AS b\nCOPY <<-'END' /x\n\tFROM x AS no\n\tEND\nFROM b AS c",
      ['b', 'c'],
    ],
    [
      'two heredocs on one line',
      'FROM a AS b\nCOPY <<A <<B /x/\nB\nFROM x AS no\nA\nFROM y AS no\nB\nFROM b AS c',
      ['b', 'c'],
    ],
    ['a shift operator', 'FROM a AS b\nRUN echo $((1 << 2)) 1<<x\nFROM b AS c', ['b', 'c']],
    ['a here-string', 'FROM a AS b\nRUN cat <<<word\nFROM b AS c', ['b', 'c']],
    ['a heredoc word after USER', 'FROM a AS b\nUSER <<X\nFROM b AS c\nX', ['b', 'c']],
    [
      'the escape directive',
      '# escape=`\nFROM a AS b\nRUN dir C:\\\nFROM b AS c\nRUN x `\nFROM x AS no',
      ['b', 'c'],
    ],
    [
      'an escape directive that came too late',
      '# note\n# escape=`\nFROM a AS b\nRUN x \\\nFROM x AS no',
      ['b'],
    ],
    ['one name twice', 'FROM a AS b\nFROM c AS b', ['b', 'b']],
    ['no stage at all', 'ARG A\n# FROM x\n', []],
  ])('reads %s', (_what, text, expected) => {
    expect(names(text)).toEqual(expected);
  });
});

describe('findStage', () => {
  const stages = listStages('FROM a AS Build\nFROM b\nFROM c AS build');

  it('ignores case and takes the last of one name', () => {
    expect(findStage(stages, 'BUILD')?.index).toBe(2);
  });
  it.each(['1', 'stage-1', 'buil'])('does not find %s', (target) => {
    expect(findStage(stages, target)).toBeNull();
  });
});

describe('hasForeignSyntax', () => {
  it.each([
    ['# syntax=docker/dockerfile:1.7\nFROM a', false],
    ['# syntax = docker.io/docker/dockerfile:1\nFROM a', false],
    ['# syntax=example/frontend:1\nFROM a', true],
    ['FROM a\n# syntax=example/frontend:1', false],
    ['FROM a', false],
  ])('%j: %s', (text, expected) => {
    expect(hasForeignSyntax(text)).toBe(expected);
  });
});
