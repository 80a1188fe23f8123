// Where the bytes of layers go: in sight, overwritten, deleted, copied for their mode, or twice there.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { account } from '../src/accounting.js';
import type { LayerEntry } from '../src/layer-entry.js';
import { bruteForce, entry, fileEntry, stacks } from './stacks.js';

type Stack = readonly (readonly LayerEntry[])[];
const accountOf = (layers: Stack) => account(layers.map((entries) => ({ entries })));

const none = { overwritten: 0, deleted: 0, duplicate: 0, metadata: 0 };
const big = (path: string, content: string): LayerEntry => fileEntry(path, content, 1000);

describe('account', () => {
  it.each<[string, Stack, number, Partial<typeof none>]>([
    ['L1 a file removed later', [[big('f', 'x')], [entry('whiteout', 'f')]], 0, { deleted: 1000 }],
    [
      'L2 a directory removed later',
      [
        [entry('directory', 'd'), big('d/f', 'x'), big('d/e/g', 'y'), big('h', 'z')],
        [entry('whiteout', 'd')],
      ],
      1 / 3,
      { deleted: 2000 },
    ],
    [
      'L3 an opaque directory, whose own files stand before the marker',
      [[big('d/f', 'x')], [big('d/g', 'y'), entry('opaque', 'd')]],
      0.5,
      { deleted: 1000 },
    ],
    ['L3 an opaque root', [[big('f', 'x')], [entry('opaque', '.'), big('g', 'y')]], 0.5, { deleted: 1000 }],
    [
      'L4 a file removed and put again',
      [[big('f', 'x')], [entry('whiteout', 'f')], [big('f', 'x')]],
      0.5,
      { deleted: 1000 },
    ],
    [
      'L4 a file removed and put again by one layer',
      [[big('f', 'x')], [big('f', 'y'), entry('whiteout', 'f')]],
      0.5,
      { deleted: 1000 },
    ],
    [
      'L5 a big file with a hard link and a symlink, counted once',
      [[big('f', 'x'), entry('hardlink', 'g', 'f'), entry('symlink', 'h', 'f')]],
      1,
      {},
    ],
    [
      'L5 a hard link that keeps what its first name has lost',
      [[big('f', 'x'), entry('hardlink', 'g', './f')], [entry('whiteout', 'f')]],
      1,
      {},
    ],
    ['L5 a hard link to itself', [[big('f', 'x'), entry('hardlink', 'f', 'f')]], 1, {}],
    [
      'L5 a hard link to nothing',
      [[big('f', 'x'), entry('hardlink', 'f', 'gone')]],
      0,
      { overwritten: 1000 },
    ],
    [
      'L6 a copy for another mode',
      [[big('f', 'x')], [{ ...big('f', 'x'), mode: 0o755 }]],
      0.5,
      { metadata: 1000 },
    ],
    [
      'L6 a copy for another owner, removed later',
      [[big('f', 'x')], [{ ...big('f', 'x'), uid: 1 }], [entry('whiteout', 'f')]],
      0,
      { metadata: 1000, deleted: 1000 },
    ],
    [
      'L7 one content at two paths, which are both in sight',
      [[big('f', 'x')], [big('g', 'x'), big('h', 'x')]],
      1,
      { duplicate: 2000 },
    ],
    [
      'L7 one content at two paths, the first removed',
      [[big('f', 'x')], [big('g', 'x'), entry('whiteout', 'f')]],
      0.5,
      { deleted: 1000 },
    ],
    ['a file put twice by one layer', [[big('f', 'x'), big('f', 'y')]], 0.5, { overwritten: 1000 }],
    ['a directory whose place a file takes', [[big('d/f', 'x')], [big('d', 'y')]], 0.5, { deleted: 1000 }],
    [
      'a file whose place a directory takes',
      [[big('d', 'x')], [big('d/f', 'y')]],
      0.5,
      { overwritten: 1000 },
    ],
    [
      'a file whose place a symlink takes',
      [[big('f', 'x')], [entry('symlink', 'f', 'g')]],
      0,
      { overwritten: 1000 },
    ],
    ['a directory named again, which keeps its files', [[big('d/f', 'x')], [entry('directory', 'd')]], 1, {}],
    ['a whiteout of nothing', [[big('f', 'x')], [entry('whiteout', 'g/h'), entry('opaque', 'f')]], 1, {}],
    ['L14 one layer', [[big('f', 'x')]], 1, {}],
    ['L14 no layer', [], 1, {}],
    ['L14 a layer without a file', [[entry('directory', 'd')]], 1, {}],
  ])('%s', (_name, layers, efficiency, wasted) => {
    const result = accountOf(layers);

    expect(result.efficiency).toBeCloseTo(efficiency, 12);
    expect(result.wasted).toEqual({ ...none, ...wasted });
    expect(result.layers.reduce((sum, { wasted: part }) => sum + part, 0)).toBe(
      Object.values(result.wasted).reduce((sum, part) => sum + part, 0),
    );
  });

  it('L13 gives 0.50 where the rest of the world has 0.75: 20,000 bytes stored, 10,000 of them in sight', () => {
    const layers = [
      [
        fileEntry('etc/group', 'v1', 2000),
        fileEntry('srv/cache/one', 'c', 3000),
        fileEntry('srv/cache/two', 'd', 5000),
      ],
      [fileEntry('etc/group', 'v2', 2000), entry('whiteout', 'srv/cache')],
      [fileEntry('bin/app', 'a', 8000)],
    ];

    const result = accountOf(layers);

    expect(result).toMatchObject({ stored: 20_000, visible: 10_000, efficiency: 0.5 });
    expect(result.wasted).toEqual({ ...none, overwritten: 2000, deleted: 8000 });
    expect(result.layers.map(({ wasted }) => wasted)).toEqual([10_000, 0, 0]);
  });

  it('equals a model that looks at everything, for 1,000 random stacks', () => {
    fc.assert(
      fc.property(stacks, (layers) => {
        const { stored, visible, efficiency, wasted, layers: parts } = accountOf(layers);

        expect({ stored, visible, ...wasted, wasted: parts.map((part) => part.wasted) }).toEqual(
          bruteForce(layers),
        );
        expect(efficiency).toBe(stored === 0 ? 1 : visible / stored);
      }),
      { numRuns: 1000 },
    );
  });

  it('names the ten largest files of each layer, and says which are hidden', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      fileEntry(`f${index}`, `c${index}`, (index * 7919) % 500),
    );

    const [first, second] = accountOf([many, [fileEntry('f1', 'n', 9), entry('whiteout', `f${499}`)]]).layers;

    const sizes = many.map(({ size }) => size).sort((a, b) => b - a);
    expect(first?.topFiles.map(({ bytes }) => bytes)).toEqual(sizes.slice(0, 10));
    expect(first?.topFiles.filter(({ hidden }) => hidden).map(({ path }) => path)).toEqual(
      first?.topFiles.map(({ path }) => path).filter((path) => path === 'f1' || path === 'f499'),
    );
    expect(second?.topFiles).toEqual([{ path: 'f1', bytes: 9, hidden: false }]);
  });

  it('goes down a path of the greatest depth', () => {
    const path = Array.from({ length: 256 }, () => 'd').join('/');

    expect(accountOf([[big(path, 'x')], [entry('whiteout', 'd')]]).wasted.deleted).toBe(1000);
  });
});
