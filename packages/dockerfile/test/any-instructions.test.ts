// Any text has instructions: those of a good file are the strict parser's, and nothing is refused.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyInstructions } from '../src/any-instructions.js';
import { parseDockerfile } from '../src/dockerfile.js';
import { shapes } from './large-shapes.js';

const read = (text: string): readonly string[] =>
  anyInstructions(text).map(({ keyword, rest, line, endLine }) => `${keyword} ${rest}@${line}-${endLine}`);

describe('any text', () => {
  it.each(shapes)('gives what the strict parser gives: $name', ({ text }) => {
    const { globals, stages } = parseDockerfile(text);
    const strict = [...globals, ...stages.flatMap(({ from, instructions }) => [from, ...instructions])];

    expect(anyInstructions(text)).toEqual(strict);
  });

  it.each([
    ['nothing', '', []],
    ['comments', '# a\n# b', []],
    ['words before FROM', 'hello\nFROM a', ['HELLO @1-1', 'FROM a@2-2']],
    ['a heredoc without end', 'RUN <<A\nRUN x', ['RUN <<A@1-1', 'RUN x@2-2']],
    ['a shift operator', 'RUN echo $((1 << 2))\nUSER x', ['RUN echo $((1 << 2))@1-1', 'USER x@2-2']],
    ['one heredoc of two', 'RUN <<A <<B\nx\nA\nUSER y', ['RUN <<A <<B@1-3', 'USER y@4-4']],
    [
      'a heredoc that stands before',
      'RUN <<A\nA\nRUN <<A\nUSER x',
      ['RUN <<A@1-2', 'RUN <<A@3-3', 'USER x@4-4'],
    ],
    ['an unknown escape character', '# escape=x\nRUN a \\\n b', ['RUN a  b@2-3']],
    ['two syntax lines', '# syntax=a\n# syntax=b\nFROM c', ['FROM c@3-3']],
    ['JSON with a number', 'CMD ["a", 1]', ['CMD ["a", 1]@1-1']],
    ['a word that is too long for Docker', `RUN ${'x'.repeat(70_000)}`, [`RUN ${'x'.repeat(70_000)}@1-1`]],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('never throws', () => {
    const word = fc.constantFrom(
      'FROM',
      'RUN',
      'COPY',
      '<<E',
      '<<-"E"',
      'E',
      '\n',
      '\\\n',
      '#',
      '"',
      '[',
      '\r\n',
      '\t',
      ' ',
      '# escape=`\n',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
    );

    fc.assert(
      fc.property(text, (one) => void anyInstructions(one)),
      { numRuns: 2000 },
    );
  });

  it('is read in one go, however many heredocs have no end', () => {
    const lines = Array.from({ length: 50_000 }, (_, n) => `RUN <<E${n}`);

    expect(anyInstructions(lines.join('\n'))).toHaveLength(50_000);
  });
});
