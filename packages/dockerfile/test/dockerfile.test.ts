// How a file is read: directives, lines, continuations, comments, heredocs, and what is refused.
import { describe, expect, it } from '@jest/globals';
import { hasForeignSyntax } from '../src/directives.js';
import { parseDockerfile } from '../src/dockerfile.js';
import { type ErrorCase, errorOf } from './graph-cases.js';

/** `keyword rest@line-endLine`. */
const read = (text: string): readonly string[] =>
  parseDockerfile(text).stages.flatMap(({ from, instructions }) =>
    [from, ...instructions].map(
      ({ keyword, rest, line, endLine }) => `${keyword} ${rest}@${line}-${endLine}`,
    ),
  );

describe('lines', () => {
  it.each([
    ['any case and blanks', '  from\ta\t\n\trUn   x  y ', ['FROM a@1-1', 'RUN x  y@2-2']],
    ['a continuation', 'FROM a\nRUN x \\\n  y', ['FROM a@1-1', 'RUN x   y@2-3']],
    ['a tab behind the escape', 'FROM a\nRUN x \\\t \n y', ['FROM a@1-1', 'RUN x  y@2-3']],
    [
      'an escaped escape at the end',
      'FROM a\nRUN x \\\\\nUSER y',
      ['FROM a@1-1', 'RUN x \\\\@2-2', 'USER y@3-3'],
    ],
    ['CRLF', 'FROM a\r\nRUN x \\\r\n  y\r\nUSER z\r\n', ['FROM a@1-1', 'RUN x   y@2-3', 'USER z@4-4']],
    [
      'comments inside a continuation',
      'FROM a\nRUN x \\\n  # FROM b\n# c\n  y',
      ['FROM a@1-1', 'RUN x   y@2-5'],
    ],
    [
      'a comment behind the escape that no line follows',
      'FROM a\nRUN x \\\n# end',
      ['FROM a@1-1', 'RUN x@2-3'],
    ],
    ['an escape alone', 'FROM a\n\\\nRUN x', ['FROM a@1-1', 'RUN x@2-3']],
    ['FROM over several lines', 'FROM \\\n a \\\n AS b', ['FROM a  AS b@1-3']],
    ['no heredoc of USER', 'FROM a\nUSER <<X', ['FROM a@1-1', 'USER <<X@2-2']],
    [
      'no heredoc of three <',
      'FROM a\nRUN cat <<<x\nUSER y',
      ['FROM a@1-1', 'RUN cat <<<x@2-2', 'USER y@3-3'],
    ],
    [
      'no heredoc in quotes',
      'FROM a\nRUN echo "<<X"\nUSER y',
      ['FROM a@1-1', 'RUN echo "<<X"@2-2', 'USER y@3-3'],
    ],
    [
      'no heredoc beside quotes that do not end',
      "FROM a\nRUN cat <<X it's\nUSER y",
      ['FROM a@1-1', "RUN cat <<X it's@2-2", 'USER y@3-3'],
    ],
    [
      'no heredoc in the JSON form',
      'FROM a\nRUN ["cat", "<<X"]\nUSER y',
      ['FROM a@1-1', 'RUN ["cat", "<<X"]@2-2', 'USER y@3-3'],
    ],
    [
      'a heredoc',
      'FROM a\nRUN <<EOF\nFROM b\n# c \\\nEOF\nUSER y',
      ['FROM a@1-1', 'RUN <<EOF@2-5', 'USER y@6-6'],
    ],
    [
      'a heredoc with a blank and a number',
      'FROM a\nRUN 3<< EOF cat\nFROM b\nEOF',
      ['FROM a@1-1', 'RUN 3<< EOF cat@2-4'],
    ],
    [
      'a heredoc behind a continuation',
      'FROM a\nRUN x \\\n<<E\n\\\nE\nUSER y',
      ['FROM a@1-1', 'RUN x <<E@2-5', 'USER y@6-6'],
    ],
    [
      'two heredocs, one holding the other word',
      'FROM a\nCOPY <<A <<B /x/\nB\nA\nA\nB\nUSER y',
      ['FROM a@1-1', 'COPY <<A <<B /x/@2-6', 'USER y@7-7'],
    ],
    [
      'a heredoc whose tabs go',
      "FROM a\nCOPY <<-'E' /x\n\t\tFROM b\n\tE\nUSER y",
      ['FROM a@1-1', "COPY <<-'E' /x@2-4", 'USER y@5-5'],
    ],
    ['a heredoc whose tabs stay', 'FROM a\nCOPY <<E /x\n\tE\nE', ['FROM a@1-1', 'COPY <<E /x@2-4']],
    ['a heredoc behind ONBUILD', 'FROM a\nONBUILD RUN <<E\nFROM b\nE', ['FROM a@1-1', 'ONBUILD RUN <<E@2-4']],
    [
      'escape=` and Windows paths',
      '# escape=`\nFROM a\nCOPY a C:\\\nRUN x `\n y',
      ['FROM a@2-2', 'COPY a C:\\@3-3', 'RUN x  y@4-5'],
    ],
    [
      'a directive after a comment',
      '# note\n# escape=`\nFROM a\nRUN x \\\n y',
      ['FROM a@3-3', 'RUN x  y@4-5'],
    ],
    ['a directive after a blank line', '\n# escape=`\nFROM a\nRUN x \\\n y', ['FROM a@3-3', 'RUN x  y@4-5']],
    [
      'a directive after an unknown one',
      '# other=1\n# escape=`\nFROM a\nRUN x `\nUSER y',
      ['FROM a@3-3', 'RUN x `@4-4', 'USER y@5-5'],
    ],
    ['a BOM', '\uFEFF# escape=`\nFROM a\nRUN x `\n y', ['FROM a@2-2', 'RUN x  y@3-4']],
    [
      'a line of 65,535 bytes',
      `FROM a\nRUN ${'x'.repeat(65_531)}`,
      ['FROM a@1-1', `RUN ${'x'.repeat(65_531)}@2-2`],
    ],
    [
      'flags, quoted and escaped',
      'FROM a\nCOPY --chown="a b" --from=c\\ d -- --x y',
      ['FROM a@1-1', 'COPY --x y@2-2'],
    ],
  ])('reads %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('keeps what a heredoc holds', () => {
    const [, copy] = [
      null,
      parseDockerfile('FROM a\nCOPY <<-"E" <<F /x/\n\t#!/bin/sh\r\n\tE\n$V\nF').stages[0]?.instructions[0],
    ];

    expect(copy?.heredocs).toEqual([
      { name: 'E', stripsTabs: true, expands: false, content: '\t#!/bin/sh\r\n', endLine: 4 },
      { name: 'F', stripsTabs: false, expands: true, content: '$V\n', endLine: 6 },
    ]);
  });
});

describe('directives', () => {
  it.each([
    [
      '# syntax=docker/dockerfile:1\n# check=skip=A, B;error=true\nFROM a',
      { syntax: 'docker/dockerfile:1', foreign: false, check: { skip: ['A', ''], error: false } },
    ],
    ['# check=skip=A,B;error=true\nFROM a', { syntax: null, check: { skip: ['A', 'B'], error: true } }],
    [
      '#SYNTAX = docker.io/docker/dockerfile-upstream:master \nFROM a',
      { syntax: 'docker.io/docker/dockerfile-upstream:master', foreign: false },
    ],
    ['# syntax=acme/frontend\nFROM a', { syntax: 'acme/frontend', foreign: true }],
    [
      '\uFEFF#!/usr/bin/env docker-build\n# syntax=docker/dockerfile:1\n# escape=`\nFROM a',
      { syntax: 'docker/dockerfile:1', escapeToken: '\\' },
    ],
    ['FROM a\n# syntax=acme/frontend', { syntax: null, foreign: false }],
  ])('%j', (text, expected) => {
    expect(parseDockerfile(text).directives).toMatchObject(expected);
  });
});

describe('a foreign syntax', () => {
  it.each([
    ['# syntax=docker/dockerfile:1.7\nFROM a', false],
    ['\uFEFF# syntax = docker.io/docker/dockerfile:1\r\nFROM a', false],
    ['# syntax=example/frontend:1\nwhat ever', true],
    ['# syntax=example/frontend:1\n# syntax=example/other', false],
    ['FROM a\n# syntax=example/frontend:1', false],
    ['FROM a', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(hasForeignSyntax(text)).toBe(expected);
  });
});

const refused: readonly ErrorCase[] = [
  { what: 'nothing', text: [''], code: 'no-stage', line: null, says: 'no instruction' },
  { what: 'comments only', text: ['# a', '', '# b'], code: 'no-stage', line: null, says: 'no instruction' },
  { what: 'ARG only', text: ['ARG A=1'], code: 'no-stage', line: null, says: 'ARG only' },
  {
    what: 'an instruction before FROM',
    text: ['ARG A', 'RUN x', 'FROM a'],
    code: 'instruction-misplaced',
    line: 2,
  },
  {
    what: 'a word that is no instruction',
    text: ['FROM a', 'RUM x'],
    code: 'instruction-unknown',
    line: 2,
    says: 'Write RUN.',
  },
  {
    what: 'two syntax lines',
    text: ['# syntax=a', '# syntax=b', 'FROM a'],
    code: 'directive-invalid',
    line: 2,
  },
  { what: 'an unknown escape character', text: ['# escape=x', 'FROM a'], code: 'directive-invalid', line: 1 },
  {
    what: 'a heredoc without end',
    text: ['FROM a', 'RUN <<A <<B', 'A'],
    code: 'heredoc-unterminated',
    line: 2,
    says: '<<B',
  },
  {
    what: 'a shift operator, which Docker takes for a heredoc',
    text: ['FROM a', 'RUN echo $((1 << 2))'],
    code: 'heredoc-unterminated',
    line: 2,
  },
  {
    what: 'a heredoc whose end has a blank',
    text: ['FROM a', 'RUN <<A', 'A '],
    code: 'heredoc-unterminated',
    line: 2,
  },
  {
    what: 'a line of 65,536 bytes',
    text: ['FROM a', `RUN ${'x'.repeat(65_532)}`],
    code: 'line-too-long',
    line: 2,
  },
  {
    what: 'a line too long in bytes alone',
    text: ['FROM a', `RUN ${'é'.repeat(32_767)}`],
    code: 'line-too-long',
    line: 2,
  },
  { what: 'FROM with two words', text: ['FROM a b'], code: 'instruction-invalid', line: 1 },
  { what: 'FROM without a word', text: ['FROM'], code: 'instruction-invalid', line: 1 },
  { what: 'FROM with another word than AS', text: ['FROM a is b'], code: 'instruction-invalid', line: 1 },
  { what: 'a name that begins with a digit', text: ['FROM a AS 1b'], code: 'stage-name-invalid', line: 1 },
  { what: 'a name with a slash', text: ['FROM a AS b/c'], code: 'stage-name-invalid', line: 1 },
  {
    what: 'ONBUILD ONBUILD',
    text: ['FROM a', `${'ONBUILD '.repeat(5000)}RUN x`],
    code: 'onbuild-invalid',
    line: 2,
  },
  { what: 'ONBUILD FROM', text: ['FROM a', 'ONBUILD FROM b'], code: 'onbuild-invalid', line: 2 },
  { what: 'ONBUILD MAINTAINER', text: ['FROM a', 'onbuild maintainer b'], code: 'onbuild-invalid', line: 2 },
  { what: 'COPY with one word', text: ['FROM a', 'COPY b'], code: 'instruction-invalid', line: 2 },
  { what: 'COPY into a heredoc', text: ['FROM a', 'COPY b <<E', 'E'], code: 'instruction-invalid', line: 2 },
  {
    what: 'a flag twice',
    text: ['FROM a', 'COPY --from=b --from=c / /'],
    code: 'instruction-invalid',
    line: 2,
  },
  {
    what: 'a flag without its value',
    text: ['FROM a', 'COPY --from / /'],
    code: 'instruction-invalid',
    line: 2,
  },
  { what: 'JSON with a number', text: ['FROM a', 'CMD ["a", 1]'], code: 'instruction-invalid', line: 2 },
  { what: 'SHELL without JSON', text: ['FROM a', 'SHELL bash -c'], code: 'instruction-invalid', line: 2 },
  { what: 'ENV without a value', text: ['FROM a', 'ENV A'], code: 'instruction-invalid', line: 2 },
  {
    what: 'ENV with a word that has no =',
    text: ['FROM a', 'ENV A=1 B'],
    code: 'instruction-invalid',
    line: 2,
  },
  { what: 'ARG without a name', text: ['FROM a', 'ARG =1'], code: 'instruction-invalid', line: 2 },
  {
    what: 'HEALTHCHECK of another kind',
    text: ['FROM a', 'HEALTHCHECK x'],
    code: 'instruction-invalid',
    line: 2,
  },
  { what: 'USER without a name', text: ['FROM a', 'USER'], code: 'instruction-invalid', line: 2 },
  {
    what: 'a file of more than 4 Mi characters',
    text: ['x'.repeat(4 * 1024 * 1024 + 1)],
    code: 'too-large',
    line: null,
  },
];

describe('refused', () => {
  it.each(refused)('$what', ({ text, code, line, says = '' }) => {
    const error = errorOf(() => parseDockerfile(text.join('\n')));

    expect({ code: error.code, line: error.line }).toEqual({ code, line });
    expect(`${error.message} ${error.hint}`).toContain(says);
  });
});
