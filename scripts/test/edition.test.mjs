// The published form of a workflow.
import { describe, expect, it } from '@jest/globals';
import { makeEdition, splitPin } from '../workflows/edition.mjs';

const source = [
  'jobs:',
  '  a:',
  '    uses: $/.github/workflows/b.yml',
  '  c:',
  '    steps:',
  '      - uses: $/packages/d # why',
  '',
].join('\n');

describe('makeEdition', () => {
  it('names its source and keeps siblings as they are', () => {
    const text = makeEdition('a.yml', source, null);

    expect(text.split('\n')[0]).toContain('workflows/a.yml');
    expect(text.slice(text.indexOf('\n') + 1)).toBe(source);
  });

  it('names siblings by repository and ref when pinned, and leaves everything else', () => {
    const text = makeEdition('a.yml', `${source}# uses: of $/ in a comment\n`, 'acme/headgate@v1.2');

    expect(text).toContain('    uses: acme/headgate/.github/workflows/b.yml@v1.2\n');
    expect(text).toContain('      - uses: acme/headgate/packages/d@v1.2 # why\n');
    expect(text).toContain('# uses: of $/ in a comment\n');
  });
});

describe('splitPin', () => {
  it.each(['acme', 'acme/headgate', 'acme/headgate@', '/x@v1', 'a/b/c@v1', 'a b/c@v1'])(
    'refuses %j',
    (pin) => {
      expect(() => splitPin(pin)).toThrow('owner/repository@ref');
    },
  );
});
