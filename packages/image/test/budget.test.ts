// Budgets: what is at the limit is within it, what cannot be judged holds nothing up, growth is explained.
import { InputError } from '@headgate/kit/errors';
import { parseYaml } from '@headgate/kit/yaml';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeBudgets } from '../src/budget.js';
import { type Budgets, noBudgets, parseBudgets } from '../src/budget-form.js';
import type { Baseline, MeasuredLayer, MeasuredPlatform } from '../src/measured-image.js';
import { explainGrowth, largestFiles, largestLayers } from '../src/size-explanation.js';
import { changeText, groupedDigits, sizeText } from '../src/size-text.js';
import { entry, layer } from './layer-entries.js';

const platform = 'linux/amd64';

function read(yaml: string): Budgets {
  return parseBudgets('budgets', parseYaml(yaml, { source: 'budgets' }));
}

function image(...compressed: readonly number[]): MeasuredPlatform {
  return {
    platform,
    layers: compressed.map((bytes) => layer([], { compressed: bytes, uncompressed: 2 * bytes })),
  };
}

function baseline(...compressed: readonly number[]): Baseline {
  return { kind: 'known', name: 'shop:main', platforms: [image(...compressed)] };
}

const missing: Baseline = { kind: 'missing', reason: 'the base branch has no image yet' };

describe('parseBudgets', () => {
  it('reads limits with both levels, or one that fails', () => {
    expect(
      read('measure: uncompressed\nsize: {warn: 20MB, fail: 20MiB}\ngrowth-percent: 2.5%\nlayers: 12'),
    ).toEqual({
      measure: 'uncompressed',
      limits: {
        ...noBudgets.limits,
        size: { warn: { value: 20_000_000, text: '20MB' }, fail: { value: 20_971_520, text: '20MiB' } },
        'growth-percent': { warn: null, fail: { value: 2500, text: '2.5%' } },
        layers: { warn: null, fail: { value: 12, text: '12' } },
      },
    });
  });

  it.each([null, undefined, '', {}])('has no limits for %j', (empty) => {
    expect(parseBudgets('budgets', empty)).toEqual(noBudgets);
  });

  it.each([
    ['sise: 1MB', 'budgets: the key "sise" is not known, did you mean size', 'Write size'],
    [
      'size: big',
      'budgets: size: a size such as 20MB or 20MiB was expected, "big" was found',
      'Write a size',
    ],
    ['size: {fail: -1}', 'budgets: size.fail: a size such as', 'Write a size'],
    ['size: {failed: 1MB}', 'budgets: size: the key "failed" is not known, did you mean fail', 'Write fail'],
    [
      'size: {warn: 2MB, fail: 1MB}',
      'size.warn: at most 1MB, where it fails, was expected, 2MB',
      'the smaller',
    ],
    ['size: [1MB]', 'budgets: size: a map of keys and values was expected, a list was found', 'warn, fail'],
    ['growth-percent: five', 'budgets: growth-percent: a percentage', 'Write a percentage'],
    ['layers: 1.5', 'budgets: layers: a whole number was expected, 1.5 was found', 'Write a whole'],
    ['layers: -1', 'budgets: layers: a whole number was expected, -1 was found', 'Write a whole'],
    ['measure: compresed', 'measure: one of compressed, uncompressed was expected', 'Write compressed.'],
    ['20MB', 'budgets: a map of keys and values was expected, "20MB" was found', 'measure, size'],
  ])('refuses %j', (yaml, message, cure) => {
    let caught: unknown;
    try {
      read(yaml);
    } catch (error) {
      caught = error;
    }

    expect(caught).toBeInstanceOf(InputError);
    expect((caught as InputError).message).toContain(message);
    expect((caught as InputError).hint).toContain(cure);
  });

  it('throws nothing but its own error, whatever it is given', () => {
    const key = fc.constantFrom('size', 'growth', 'layers', 'measure', 'growth-percent', '__proto__');
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(key, fc.anything())), (value) => {
        try {
          parseBudgets('budgets', value);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

describe('judgeBudgets', () => {
  it.each([
    [1_049, 'pass'],
    [1_050, 'pass'],
    [1_051, 'fail'],
    [900, 'pass'],
  ])('with a growth of 5 %% from 1000 to %d bytes: %s (L15)', (now, outcome) => {
    const results = judgeBudgets([image(now)], baseline(1000), read('growth-percent: 5'));

    expect(results).toMatchObject([{ budget: 'growth-percent', platform, measure: 'compressed', outcome }]);
  });

  it.each([
    ['4.9', 1_000_000_000_000, 1_049_000_000_000, 'pass'],
    ['4.9', 1_000_000_000_000, 1_049_000_000_001, 'fail'],
    ['0.1', 3000, 3003, 'pass'],
    ['0.1', 3000, 3004, 'fail'],
  ])('judges %s %% of %d against %d without rounding: %s', (limit, before, now, outcome) => {
    const results = judgeBudgets([image(now)], baseline(before), read(`growth-percent: ${limit}`));

    expect(results[0]?.outcome).toBe(outcome);
  });

  it('says both units where one of them is the limit (L16)', () => {
    const results = ['20MB', '20MiB'].flatMap((limit) =>
      judgeBudgets([image(20_500_000)], missing, read(`size: ${limit}`)),
    );

    expect(results.map(({ outcome, text }) => [outcome, text])).toEqual([
      ['fail', 'The size is 20.5 MB (19.55 MiB) compressed, above the limit of 20MB (20,000,000 bytes).'],
      ['pass', 'The size is 20.5 MB (19.55 MiB) compressed, within 20MiB (20,971,520 bytes).'],
    ]);
  });

  it.each([
    [100, 'pass'],
    [101, 'warn'],
    [200, 'warn'],
    [201, 'fail'],
  ])('has two levels: %d bytes of warn 100 and fail 200: %s', (bytes, outcome) => {
    const results = judgeBudgets([image(bytes)], missing, read('size: {warn: 100, fail: 200}'));

    expect(results[0]?.outcome).toBe(outcome);
  });

  it('counts layers, bytes of growth, and the other size by choice', () => {
    const budgets = read('measure: uncompressed\nlayers: 1\ngrowth: 19\nsize: 60');

    expect(judgeBudgets([image(10, 20)], baseline(20), budgets)).toMatchObject([
      { budget: 'size', outcome: 'pass', actual: 60, measure: 'uncompressed' },
      { budget: 'growth', outcome: 'fail', actual: 20 },
      { budget: 'layers', outcome: 'fail', actual: 2, measure: null },
    ]);
  });

  it.each<readonly [string, Baseline, string]>([
    ['no baseline', missing, 'there is no baseline: the base branch has no image yet'],
    [
      'a baseline without the platform',
      { kind: 'known', name: 'b', platforms: [] },
      'the baseline b has no platform',
    ],
    ['a baseline of nothing', baseline(), 'the baseline holds 0 bytes'],
    [
      'a baseline of unknown size',
      { kind: 'known', name: 'b', platforms: [{ platform, layers: [{ ...layer([]), uncompressed: null }] }] },
      'the uncompressed size of the baseline b is not known',
    ],
  ])('is neutral with %s, and says why', (_, other, reason) => {
    const budgets = read('measure: uncompressed\ngrowth-percent: {warn: 1, fail: 2}');

    expect(judgeBudgets([image(10)], other, budgets)).toMatchObject([
      { outcome: 'neutral', actual: null, text: expect.stringContaining(reason) },
    ]);
  });

  it('judges nothing without limits', () => {
    expect(judgeBudgets([image(10)], missing, noBudgets)).toEqual([]);
  });
});

describe('an explanation', () => {
  const lineOf = (index: number): number => index + 1;
  const large: MeasuredLayer = layer([entry('a', { size: 7 }), entry('b', { size: 900 })], {
    createdBy: 'RUN make',
  });
  const small: MeasuredLayer = layer([entry('c', { size: 30 })], { createdBy: 'COPY . .' });

  it('names the largest layers with their lines, and the largest files', () => {
    expect(largestLayers([small, large], 'compressed', lineOf)).toMatchObject([
      { createdBy: 'RUN make', line: 2, layerIndex: 1 },
      { createdBy: 'COPY . .', line: 1 },
    ]);
    expect(largestFiles([small, large])).toEqual([
      { path: 'b', layerIndex: 1, bytes: 900 },
      { path: 'c', layerIndex: 0, bytes: 30 },
      { path: 'a', layerIndex: 1, bytes: 7 },
    ]);
  });

  it('of growth names new and changed layers, removed ones, and the files that grew', () => {
    const larger = layer([entry('a', { size: 7 }), entry('b', { size: 1000 })], { createdBy: 'RUN make' });
    const added = layer([entry('d', { size: 5 })], { createdBy: 'RUN more' });
    const gone = layer([entry('e')], { createdBy: 'RUN less' });

    const growth = explainGrowth([small, large, gone], [small, larger, added], {
      measure: 'uncompressed',
      lineOf,
    });

    expect(growth.layers).toMatchObject([
      { change: 'changed', createdBy: 'RUN make', grown: 100, line: 2 },
      { change: 'new', createdBy: 'RUN more', grown: 5, line: 3 },
    ]);
    expect(growth.removed).toEqual([gone]);
    expect(growth.files).toEqual([
      { path: 'b', before: 900, now: 1000 },
      { path: 'd', before: 0, now: 5 },
    ]);
  });

  it('of growth goes by layers alone where files are not known', () => {
    const unread: MeasuredLayer = { ...large, entries: null };

    expect(explainGrowth([unread], [small], { measure: 'compressed', lineOf }).files).toBeNull();
  });
});

describe('a size', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [20_000_000, '20.0 MB (19.07 MiB)'],
    [20_971_520, '21.0 MB (20.00 MiB)'],
    [1000, '1.0 kB (1000 B)'],
  ])('%d reads %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  it.each([
    [1_200_000, '+1.2 MB'],
    [-300, '-300 B'],
    [0, '0 B'],
  ])('a change of %d reads %s', (bytes, text) => {
    expect(changeText(bytes)).toBe(text);
  });

  it('has its digits in groups', () => {
    expect([1, 999, 1000, 20_971_520].map(groupedDigits)).toEqual(['1', '999', '1,000', '20,971,520']);
  });
});
