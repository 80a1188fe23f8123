// Entries kept as bytes come out as they went in; paths are found again; places of paths know what stands below them.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LayerEntry } from '../src/layer-entry.js';
import { createPackedEntries } from '../src/packed-entries.js';
import { createPathList } from '../src/path-list.js';
import { createPathTable } from '../src/path-table.js';

const part = fc.stringMatching(/^[a-cé\u{1F600}-]{1,12}$/u);
const path = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `sha256:${Buffer.from(bytes).toString('hex')}`);
const numbers = {
  path,
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  gid: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
};
const entry: fc.Arbitrary<LayerEntry> = fc.oneof(
  fc.record({
    ...numbers,
    kind: fc.constant('file' as const),
    size: fc.maxSafeNat(),
    linkTarget: fc.constant(null),
    contentDigest: digest,
  }),
  fc.record({
    ...numbers,
    kind: fc.constantFrom('directory', 'fifo', 'whiteout', 'opaque'),
    size: fc.constant(0),
    linkTarget: fc.constant(null),
    contentDigest: fc.constant(null),
  }),
  fc.record({
    ...numbers,
    kind: fc.constantFrom('symlink', 'hardlink'),
    size: fc.constant(0),
    linkTarget: fc.string(),
    contentDigest: fc.constant(null),
  }),
);

it('entries come out as they went in, as often as somebody asks', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 200 }), (entries) => {
      const packed = createPackedEntries();
      for (const one of entries) packed.add(one);

      expect(packed).toHaveLength(entries.length);
      expect([...packed]).toEqual(entries);
      expect([...packed]).toEqual(entries);
    }),
    { numRuns: 50 },
  );
});

it('paths are found by their number in any order', () => {
  fc.assert(
    fc.property(
      fc.array(path, { minLength: 1, maxLength: 400 }),
      fc.array(fc.nat(), { maxLength: 50 }),
      (paths, asked) => {
        const list = createPathList();
        for (const one of paths) list.add(one);

        for (const index of asked) expect(list.at(index % paths.length)).toBe(paths[index % paths.length]);
      },
    ),
    { numRuns: 50 },
  );
});

describe('a table of paths', () => {
  it('has one place for each path and each folder above one, and lists what stands below', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 300 }), (paths) => {
        const table = createPathTable();
        const all = new Set<string>();
        for (const one of paths) {
          table.make(one, () => undefined);
          const parts = one.split('/');
          for (let count = 1; count <= parts.length; count += 1) all.add(parts.slice(0, count).join('/'));
        }

        expect(table.length).toBe(all.size + 1);
        const places = new Map([...all].map((one) => [table.find(one), one]));
        expect(places.size).toBe(all.size);
        for (const [place, one] of places) {
          expect(places.get(table.above(place)) ?? '').toBe(one.split('/').slice(0, -1).join('/'));
          const below: number[] = [];
          table.each(place, (child) => below.push(child));
          const expected = [...all].filter(
            (other) => other.startsWith(`${one}/`) && !other.includes('/', one.length + 1),
          );
          expect(new Set(below.map((child) => places.get(child)))).toEqual(new Set(expected));
          expect(below).toHaveLength(expected.length);
        }
        expect(table.find('never/met')).toBe(-1);
      }),
      { numRuns: 50 },
    );
  });
});
