// README tables from an action's contract.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findUndescribed, inputTable, outputTable, replaceBetween } from '../documents/tables.mjs';

const action = {
  inputs: {
    image: { description: 'Host and repository | no tag.\nMore.', required: true },
    tags: { description: 'Tags.', default: 'latest' },
    publish: { description: 'Push it.', default: false },
    empty: { description: 'Nothing.', default: '' },
  },
  outputs: { digest: { description: 'Its digest.' } },
};

describe('tables', () => {
  it('shows required inputs, defaults, and descriptions on one line each', () => {
    expect(inputTable(action).split('\n').slice(2)).toEqual([
      '| `image` | required | Host and repository \\| no tag. More. |',
      '| `tags` | `latest` | Tags. |',
      '| `publish` | `false` | Push it. |',
      '| `empty` |  | Nothing. |',
    ]);
    expect(outputTable(action).split('\n').slice(2)).toEqual(['| `digest` | Its digest. |']);
  });

  it('gives every input one row, whatever its description', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (description) => {
        const rows = inputTable({ inputs: { x: { description } } }).split('\n');
        expect(rows).toHaveLength(3);
        expect((rows[2] ?? '').replaceAll('\\|', '').split('|')).toHaveLength(5);
      }),
    );
  });

  it('finds inputs and outputs without a description', () => {
    expect(
      findUndescribed({ inputs: { a: { description: ' ' }, b: { description: 'B' } }, outputs: { c: {} } }),
    ).toEqual(['a', 'c']);
  });
});

describe('replaceBetween', () => {
  it('replaces what is between the marks, twice the same', () => {
    const once = replaceBetween('a\n<!-- t:start -->old<!-- t:end -->\nb', 't', 'new');

    expect(once).toBe('a\n<!-- t:start -->\nnew\n<!-- t:end -->\nb');
    expect(replaceBetween(once, 't', 'new')).toBe(once);
  });

  it.each([
    'nothing',
    '<!-- t:start -->',
    '<!-- t:end --><!-- t:start -->',
    '<!-- t:start --><!-- t:start --><!-- t:end -->',
  ])('refuses %j', (text) => {
    expect(() => replaceBetween(text, 't', 'new')).toThrow('<!-- t:start -->');
  });
});
