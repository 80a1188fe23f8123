// The README lists exactly the failure codes that the sources use.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');

describe('failure codes', () => {
  it('are documented, all of them and no others', () => {
    const sources = readdirSync(join(root, 'src')).filter((name) => name.endsWith('.ts'));
    const used = sources.flatMap((name) =>
      matches(readFileSync(join(root, 'src', name), 'utf8'), /code: '([a-z-]+)'/g),
    );
    const table = readFileSync(join(root, 'README.md'), 'utf8').split('## Failure codes')[1] ?? '';

    expect(matches(table, /^\| `([a-z-]+)`/gm)).toEqual([...new Set(used)].sort((a, b) => (a < b ? -1 : 1)));
  });
});

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, code]) => code ?? '');
}
