// The README lists exactly the failure codes that the sources use.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
/** Thrown by the kit's input reader. */
const ofTheKit = ['invalid-input', 'secrets-missing', 'tool-missing', 'tool-too-old'];

describe('failure codes', () => {
  it('are documented, all of them and no others', () => {
    const sources = readdirSync(join(root, 'src')).map((name) =>
      readFileSync(join(root, 'src', name), 'utf8'),
    );
    const used = sources.flatMap((text) => [
      ...matches(text, /code: '([a-z-]+)'/g),
      ...matches(text, /^ {2}\| '([a-z]+(?:-[a-z]+)+)';?$/gm),
    ]);
    const table = readFileSync(join(root, 'README.md'), 'utf8').split('## Failure codes')[1] ?? '';

    expect(sorted(matches(table, /^\| `([a-z-]+)`/gm))).toEqual(sorted([...ofTheKit, ...used]));
  });
});

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, code]) => code ?? '');
}

function sorted(codes: readonly string[]): readonly string[] {
  return [...new Set(codes)].sort((a, b) => (a < b ? -1 : 1));
}
