// The README lists exactly the failure codes that this action declares, and each of them is used.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('failure codes', () => {
  const declared = matches(
    /FailureCode =([^;]*);/.exec(read('src/failures.ts'))?.[1] ?? '',
    /\| '([a-z-]+)'/g,
  );

  it('are documented, all of them and no others', () => {
    const table = read('README.md').split('## Failure codes')[1] ?? '';

    expect(declared.length).toBeGreaterThan(0);
    expect(matches(table, /^\| `([a-z-]+)`/gm)).toEqual(declared);
  });

  it('are used, all of them', () => {
    const sources = readdirSync(join(root, 'src'))
      .filter((name) => name !== 'failures.ts')
      .map((name) => read(`src/${name}`))
      .join('\n');

    expect(declared.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, code]) => code ?? '');
}
