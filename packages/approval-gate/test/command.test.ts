// The grammar of comments, held against a corpus: nothing approves that its author did not write as a command.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCommand } from '../src/command.js';
import { corpus, d, type Reading } from './comment-corpus.js';

const readingOf = (body: string): string => {
  const command = readCommand(body);
  if (command.kind === 'command') return command.verb;
  return command.kind === 'misuse' ? command.misuse : 'talk';
};

const rows = (Object.entries(corpus) as [Reading, readonly string[]][]).flatMap(([reading, bodies]) =>
  bodies.map((body) => [JSON.stringify(body), reading, body] as const),
);

describe('a comment', () => {
  it.each(rows)('%s is read as %s', (_name, reading, body) => {
    expect(readingOf(body)).toBe(reading);
  });

  it('is held against at least 150 that differ, with no false approval and no false objection', () => {
    const bodies = rows.map(([, , body]) => body);
    const counted = (verb: string): readonly string[] => bodies.filter((body) => readingOf(body) === verb);

    expect(new Set(bodies).size).toBeGreaterThanOrEqual(150);
    expect(counted('approve')).toEqual(corpus.approve);
    expect(counted('reject')).toEqual(corpus.reject);
  });

  it('gives the digits it has, and the reason after them', () => {
    expect(readCommand(`/reject ${d}  too late  \nmore`)).toEqual({
      kind: 'command',
      verb: 'reject',
      digits: d,
      reason: 'too late',
    });
  });

  describe('whatever it holds', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        `/approve ${d}`,
        `/reject ${d}`,
        '> ',
        '```',
        '~~~',
        '    ',
        '\n',
        '\t',
        '<!--',
        '-->',
        'text',
      ),
      fc.string({ maxLength: 6 }),
    );
    const bodies = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const linewise = (body: string, change: (line: string) => string): string =>
      body
        .split(/\r\n|\r|\n/)
        .map(change)
        .join('\n');

    it.each<[string, (body: string) => string]>([
      ['quoted', (body) => linewise(body, (line) => `> ${line}`)],
      ['indented as code', (body) => linewise(body, (line) => `    ${line}`)],
      ['fenced', (body) => `${'`'.repeat(40)}\n${body}\n${'`'.repeat(40)}`],
      ['below other words', (body) => `Words.\n${body}`],
    ])('is no command once it is %s', (_name, change) => {
      fc.assert(
        fc.property(bodies, (body) => expect(readCommand(change(body)).kind).not.toBe('command')),
        { numRuns: 1000 },
      );
    });

    it('is a command only if some line has exactly its form', () => {
      fc.assert(
        fc.property(bodies, (body) => {
          const exact = linewise(body, (line) =>
            /^ {0,3}\/(approve|reject)[ \t]+[0-9a-f]{12}([ \t]|$)/.test(line.trimEnd()) ? 'x' : '',
          );
          if (readCommand(body).kind === 'command') expect(exact).toContain('x');
        }),
        { numRuns: 2000 },
      );
    });
  });

  it.each([
    ['spaces', ' '.repeat(65_000)],
    ['spaces before a letter', `${' '.repeat(65_000)}x`],
    ['a command and spaces', `/approve ${d} ${' '.repeat(65_000)}x`],
    ['marks', `${'*'.repeat(65_000)}`],
    ['fences', '```\n'.repeat(16_000)],
  ])('of the longest length is read in a moment: %s', (_name, body) => {
    const started = performance.now();
    readCommand(body);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
