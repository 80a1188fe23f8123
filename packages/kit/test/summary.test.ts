// Markdown from hostile text: nothing in it may act.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { code, codeBlock, counted, details, escapeMarkdown, heading, link, table } from '../src/summary.js';

describe('escapeMarkdown', () => {
  it.each([
    ['<img src=x>', '&lt;img src\\=x&gt;'],
    ['a | b', 'a \\| b'],
    ['**bold** _it_', '\\*\\*bold\\*\\* \\_it\\_'],
    ['line\r\nline', 'line  line'],
    ['\u202eevil\u200b', 'evil'],
    ['@team', '@\u2060team'],
    ['https://evil.example', 'https\u2060://evil.example'],
    ['release/1.2.3', 'release/1.2.3'],
  ])('writes %j as %j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  it('leaves no line break, tag, mention, link or unescaped mark in any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'<>&@|`*_[]()#\\\n\r\t\u2028\u202e a1:/htps') }),
        (text) => {
          const escaped = escapeMarkdown(text);

          expect(escaped).not.toMatch(/[\r\n\u2028\u202e<>]/);
          expect(escaped).not.toMatch(/@[a-z0-9]/i);
          expect(escaped).not.toMatch(/https?:\/\//);
          expect(escaped.replace(/\\[\\`*_{}[\]()#+!|~$^=-]/g, '')).not.toMatch(/[`*_[\]()#|\\]/);
        },
      ),
    );
  });
});

describe('code', () => {
  it('cannot be closed from inside', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '|', '\n') }), (text) => {
        const written = code(text);
        const fence = /^`+/.exec(written)?.[0] ?? '';

        expect(written.endsWith(fence)).toBe(true);
        expect(written.slice(fence.length, -fence.length)).not.toMatch(
          new RegExp(`(^|[^\`])${fence}([^\`]|$)`),
        );
        expect(written).not.toContain('\n');
      }),
    );
  });

  it('fences a block with more backticks than it holds', () => {
    expect(codeBlock('a\n````\nb')).toBe('`````\na\n````\nb\n`````\n');
  });
});

describe('link', () => {
  it('leads to a plain web address, whatever its text is', () => {
    expect(link('run [1]', 'https://github.com/o/r/actions/runs/1?a=b#c')).toBe(
      '[run \\[1\\]](https://github.com/o/r/actions/runs/1?a=b#c)',
    );
  });

  it.each([
    'javascript:alert(1)',
    'https://x) [evil](http://y',
    'https://x y',
    'https://x|y',
    'https://<b>',
    '',
  ])('is the text alone for %j', (url) => expect(link('the run', url)).toBe('the run'));
});

describe('parts of a page', () => {
  it('writes a table with as many cells as the head, whatever a row has', () => {
    expect(table(['a', 'b'], [['1'], ['1', '2', '3']])).toBe(
      '| a | b |\n| --- | --- |\n| 1 |  |\n| 1 | 2 |\n\n',
    );
  });

  it('counts in words', () => {
    expect([counted(0, 'line'), counted(1, 'line'), counted(2, 'line')]).toEqual([
      '0 lines',
      '1 line',
      '2 lines',
    ]);
  });

  it('writes headings and folds with escaped titles', () => {
    expect(heading(9, 'a<b')).toBe('###### a&lt;b\n\n');
    expect(details('<x>', 'body')).toBe('<details><summary>&lt;x&gt;</summary>\n\nbody\n\n</details>\n\n');
  });
});
