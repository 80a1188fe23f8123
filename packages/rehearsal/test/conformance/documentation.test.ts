// docs/rehearsal.md names a source and a test for each behaviour of GitHub: both must be there.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const root = new URL('../../../../', import.meta.url);
const page = readFileSync(new URL('docs/rehearsal.md', root), 'utf8');
const behaviours = 'packages/rehearsal/test/conformance/behaviours/';

interface Row {
  readonly behaviour: string;
  readonly source: string;
  readonly file: string;
  readonly title: string;
}

const unescaped = (cell: string): string => cell.trim().replaceAll('\\|', '|');

/** Rows of all tables between the marks. */
function rows(): readonly Row[] {
  const [, tables = ''] = /<!-- behaviours:start -->([\s\S]*)<!-- behaviours:end -->/u.exec(page) ?? [];
  return tables
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| (?:on GitHub|---)/u.test(line))
    .map((line) => {
      const [, behaviour = '', source = '', shown = ''] = line.split(/(?<!\\)\|/u).map(unescaped);
      const [, file = '', title] = /^`([^`]+)`(?:: (.*))?$/u.exec(shown) ?? [];
      return {
        behaviour,
        source: /\((.*)\)$/u.exec(source)?.[1] ?? '',
        file: title === undefined ? `${behaviours}${file}` : file,
        title: title ?? behaviour,
      };
    });
}

/** As a test file or a chapter has it: quoted, or behind its key. */
function isTitle(title: string, text: string): boolean {
  const escaped = title.replaceAll("'", "\\'");
  const forms = [
    `'${title}'`,
    `'${escaped}'`,
    `"${title}"`,
    `\`${title}\``,
    `behaviour: ${title}\n`,
    `behaviour: "${title}"\n`,
  ];
  return forms.some((form) => text.includes(form));
}

describe('what GitHub documents', () => {
  it('is at least sixty behaviours, each told once', () => {
    const told = rows().map(({ behaviour }) => behaviour);

    expect(told.length).toBeGreaterThanOrEqual(60);
    expect(new Set(told).size).toBe(told.length);
  });

  it.each(rows())('“$behaviour” has a source and a test', ({ source, file, title }) => {
    expect(source).toMatch(/^https:\/\/[\w.-]+\/\S+$/u);
    expect(existsSync(new URL(file, root))).toBe(true);
    expect(isTitle(title, readFileSync(new URL(file, root), 'utf8'))).toBe(true);
  });
});
