// The table of a conflict, whatever files and people are called.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conflictTable, explainConflict } from '../src/merge-conflict.js';

const hostile = fc.string({
  unit: fc.constantFrom('|', '`', '\\', '\n', '\r', '<', '@', '[', ']', '(', ')', 'x', ' '),
});

describe('conflictTable', () => {
  it('has one row of three cells a file, whatever the names hold', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ path: hostile, author: hostile }), { minLength: 1 }), (all) => {
        const files = all.map(({ path, author }) => {
          const change = { author, commit: 'a'.repeat(40) };
          return { path, ours: change, theirs: null };
        });

        const text = conflictTable({ count: files.length, files }, { target: 'develop', source: 'v1.0.0' });

        const rows = text.trimEnd().split('\n');
        expect(rows).toHaveLength(2 + files.length);
        for (const row of rows.slice(2)) {
          // GitHub takes a pipe after a backslash as text, whatever stands before the backslash.
          expect(row.replaceAll('\\|', '').split('|')).toHaveLength(5);
        }
      }),
    );
  });

  it('says how many files it does not show', async () => {
    const files = Array.from({ length: 53 }, (_, index) => `file-${index}`);
    const merge = {
      base: async () => null,
      attempt: () => Promise.reject(new Error('not asked for')),
      commit: () => Promise.reject(new Error('not asked for')),
      lastChange: () => Promise.reject(new Error('nothing to compare with')),
    };

    const conflict = await explainConflict({ merge }, { target: 'a', source: 'b', files });

    expect(conflict.files).toHaveLength(50);
    expect(conflictTable(conflict, { target: 'a', source: 'b' })).toContain('and 3 more files');
  });
});
