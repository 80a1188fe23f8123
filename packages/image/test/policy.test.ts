// The policy finds what is seeded in each image of the corpus, and nothing in images as they should be.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EntryKind, LayerEntry } from '../src/layer-entry.js';
import { type JudgedImage, judge } from '../src/policy.js';
import { defaultPolicy, type Policy, parsePolicy } from '../src/policy-form.js';
import { entries, entry, layer, whiteout } from './layer-entries.js';
import { type CorpusImage, corpus } from './policy-corpus.js';

function imageOf({
  base,
  own,
  createdBy = [],
  config = {},
  heads = {},
}: Omit<CorpusImage, 'name' | 'finds'>): JudgedImage {
  const layers = [...base, ...own].map((content, index) =>
    layer(content, { createdBy: createdBy[index] ?? '' }),
  );
  return {
    layers,
    baseLayers: base.length,
    config: { user: '1000', env: [], baseTriggers: [], ...config },
    lineOf: (index) => 10 + index,
    headOf: (_, path) => (heads[path] === undefined ? null : Buffer.from(heads[path])),
  };
}

function ownImage(...own: readonly (readonly LayerEntry[])[]): JudgedImage {
  return imageOf({ base: [], own });
}

describe('judge', () => {
  it.each(corpus)('finds what is in $name, and nothing else', (image) => {
    const { findings } = judge(imageOf(image), defaultPolicy);

    const found = findings.map(
      (finding) =>
        `${finding.class} ${finding.path}${finding.hidden ? ' hidden' : ''}${finding.base ? ' base' : ''}`,
    );
    expect([...found].sort(alphabetically)).toEqual([...image.finds].sort(alphabetically));
  });

  it('has at least thirty images in its corpus, a quarter of them without a finding', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(30);
    expect(corpus.filter(({ finds }) => finds.length === 0).length).toBeGreaterThan(7);
  });

  it('gathers a folder of files in one finding, with line, bytes and examples', () => {
    const files = Array.from({ length: 3000 }, (_, index) => entry(`app/.git/objects/${index}`, { size: 7 }));
    const image = ownImage(entries('x'), files);

    expect(judge(image, defaultPolicy).findings).toEqual([
      {
        class: 'vcs',
        level: 'error',
        path: 'app/.git',
        what: 'a version control folder',
        layer: image.layers[1]?.digest,
        layerIndex: 1,
        line: 11,
        bytes: 21_000,
        count: 3000,
        hidden: false,
        base: false,
        examples: ['app/.git/objects/0', 'app/.git/objects/1', 'app/.git/objects/2'],
      },
    ]);
  });

  it('tells visible and hidden files of one folder apart', () => {
    const image = ownImage(entries('app/.git/a', 'app/.git/b'), [whiteout('app/.git/b')]);

    expect(judge(image, defaultPolicy).findings.map(({ path, hidden }) => [path, hidden])).toEqual([
      ['app/.git', false],
      ['app/.git', true],
    ]);
  });

  it.each([
    ['lower', ['warn', 'note']],
    ['same', ['error', 'warn']],
    ['off', []],
  ])('has what the base brings as base: %s says', (base, levels) => {
    const image = imageOf({ base: [entries('app/.git/a', 'root/.cache/pip/a')], own: [] });

    const { findings } = judge(image, parsePolicy('policy', { base }));
    expect(findings.map(({ level }) => level)).toEqual(levels);
    expect(findings.every(({ line }) => line === null)).toBe(true);
  });

  it('lets pass what the allow list names, and says what and why', () => {
    const policy = parsePolicy('policy', {
      vcs: 'off',
      allow: [
        { path: '/app/**/*.go', reason: 'served as examples' },
        { path: 'app/.env', reason: 'no secret', classes: ['secrets'] },
        { path: 'nowhere', reason: 'was there once' },
      ],
    });
    const image = ownImage(entries('app/a.go', 'app/b/c.go', 'app/d.rs', 'app/.env', 'app/.git/HEAD'));

    const { findings, allowed, unused } = judge(image, policy);
    expect(findings.map(({ path }) => path)).toEqual(['app/d.rs']);
    expect(allowed).toEqual([
      { path: '/app/**/*.go', reason: 'served as examples', count: 2, bytes: 200 },
      { path: 'app/.env', reason: 'no secret', count: 1, bytes: 100 },
    ]);
    expect(unused).toEqual(['nowhere']);
  });

  it('never throws, whatever the entries are', () => {
    const kinds: readonly EntryKind[] = [
      'file',
      'directory',
      'symlink',
      'hardlink',
      'fifo',
      'whiteout',
      'opaque',
    ];
    const names = fc.constantFrom(
      '.git',
      '.env',
      'bin',
      'gcc',
      '__proto__',
      'usr',
      '\0',
      '😀\ud800',
      '.',
      ' ',
    );
    const path = fc
      .array(fc.oneof(names, fc.string({ unit: 'binary', minLength: 1 })), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join('/'));
    const any = fc.record({
      path,
      kind: fc.constantFrom(...kinds),
      mode: fc.integer({ min: 0, max: 0o7777 }),
      uid: fc.nat(),
      gid: fc.nat(),
      size: fc.nat(),
      linkTarget: fc.option(fc.string()),
      contentDigest: fc.option(fc.string()),
    });
    const levels: readonly Policy[] = [defaultPolicy, parsePolicy('policy', 'error')];
    fc.assert(
      fc.property(
        fc.array(fc.array(any, { maxLength: 12 }), { maxLength: 4 }),
        fc.nat({ max: 5 }),
        fc.uint8Array({ maxLength: 200 }),
        (own, baseLayers, head) => {
          const image = { ...ownImage(...own), baseLayers, headOf: () => Buffer.from(head) };
          for (const policy of levels) {
            const { findings } = judge(image, policy);
            expect(findings.every(({ count }) => count > 0)).toBe(true);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('judges paths of any depth in time that grows with their length', () => {
    const deep = (name: string): string => `${'d/'.repeat(100_000)}${name}`;
    const image = ownImage(entries(deep('a.go'), deep('b.go'), deep('.git/x')), [whiteout(deep('a.go'))]);

    expect(
      judge(image, parsePolicy('policy', { allow: [{ path: '**/x/**/y', reason: 'no' }] })).findings,
    ).toHaveLength(3);
  });
});

function alphabetically(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
