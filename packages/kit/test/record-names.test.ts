// Names of artifacts and the key of an image.
import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../src/digest.js';
import * as names from '../src/record-names.js';

describe('names', () => {
  it('are made of hashes and numbers alone', () => {
    const leg = names.legHash('images', 'web');

    expect(leg).toBe(sha256Hex('images\nweb').slice(0, 12));
    expect(names.entryArtifactName('images', leg, 2)).toBe(`headgate-entry-images-${leg}-2`);
    expect(names.recordArtifactName('a'.repeat(40))).toBe('headgate-record-aaaaaaaaaaaaaaaa');
    expect(names.imageArtifactName('b'.repeat(64))).toBe('headgate-image-bbbbbbbbbbbbbbbb');
  });
});

describe('imageKey', () => {
  const parts = {
    tree: 'a'.repeat(40),
    name: 'web',
    target: 'runtime',
    platforms: ['linux/amd64', 'linux/arm64'],
    buildArgs: { A: '1', B: '2' },
  };

  it('does not depend on order, repetition or the form of the build arguments', () => {
    const other = {
      ...parts,
      platforms: ['linux/arm64', 'linux/amd64', 'linux/arm64'],
      buildArgs: new Map([
        ['B', '2'],
        ['A', '1'],
      ]),
    };

    expect(names.imageKey(other)).toBe(names.imageKey(parts));
    expect(names.imageKey(parts)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['tree', { tree: 'b'.repeat(40) }],
    ['name', { name: 'api' }],
    ['target', { target: 'test' }],
    ['platforms', { platforms: ['linux/amd64'] }],
    ['a build argument', { buildArgs: { A: '1', B: '3' } }],
    ['one build argument that looks like two', { buildArgs: { A: '1","B":"2' } }],
  ])('changes with %s', (_, change) => {
    expect(names.imageKey({ ...parts, ...change })).not.toBe(names.imageKey(parts));
  });
});
