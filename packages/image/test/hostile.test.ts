// Layouts, archives and layers that somebody made to do harm, or that broke on their way: refused by a code, and nothing
// is written anywhere.
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { testFolder } from '@headgate/kit/testing/folder';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openArchive } from '../src/archive.js';
import type { ImageFailureCode } from '../src/failures.js';
import type { ImageSource } from '../src/image-source.js';
import { inspectImage } from '../src/inspection.js';
import { layerLimits } from '../src/layer-limits.js';
import { blobPath, openLayout } from '../src/layout.js';
import { type MadeLayout, makeLayout, ociConfig, ociLayer, ociManifest } from '../src/testing/layouts.js';
import { file, gnuLong, hardlink, member, pax, symlink, type TarPart, tar } from '../src/testing/tar.js';
import { layoutParts, listing } from './archives.js';

const limits = {
  ...layerLimits,
  entries: 100,
  imageEntries: 150,
  uncompressed: 50_000_000,
  ratio: 100,
  ratioFrom: 1_000_000,
  depth: 20,
};
const zeros = (digits: string): `sha256:${string}` => `sha256:${digits.repeat(64)}`;

async function inspect(source: ImageSource): Promise<unknown> {
  const { signal } = new AbortController();
  try {
    return await inspectImage(source, { platform: null, visit: () => () => undefined, limits, signal });
  } finally {
    await source.close();
  }
}

type Row = readonly [what: string, code: ImageFailureCode, make: (made: MadeLayout) => void];

const one = (made: MadeLayout, ...layers: readonly Descriptor[]): string => made.finish(made.image(layers));
const holding =
  (...parts: readonly TarPart[]) =>
  (made: MadeLayout): void =>
    void one(made, made.tarLayer(parts));
const of = (descriptor: Descriptor, changes: object): Descriptor => ({ ...descriptor, ...changes });
const blob = (made: MadeLayout, { digest }: Descriptor): string => blobPath(made.directory, digest);
const good = [file('a', 'x')];

const documents: readonly Row[] = [
  ['no index.json', 'layout-invalid', () => undefined],
  [
    'an index.json that is a link',
    'link-unsafe',
    (made) => {
      symlinkSync('/etc/hostname', join(made.directory, 'index.json'));
    },
  ],
  [
    'an index.json that is a folder',
    'layout-invalid',
    (made) => {
      mkdirSync(join(made.directory, 'index.json'));
    },
  ],
  [
    'an index.json of null',
    'layout-invalid',
    (made) => writeFileSync(join(made.directory, 'index.json'), 'null'),
  ],
  ['no image', 'layout-invalid', (made) => void made.finish()],
  [
    'two images',
    'layout-invalid',
    (made) => void made.finish(made.image([]), made.image([made.tarLayer(good)])),
  ],
  [
    'a digest that is a path',
    'layout-invalid',
    (made) => void made.finish({ mediaType: ociManifest, digest: 'sha256:../../../etc/hostname', size: 1 }),
  ],
  [
    'a digest of another kind',
    'layout-invalid',
    (made) => void made.finish({ mediaType: ociManifest, digest: `sha512:${'0'.repeat(128)}`, size: 1 }),
  ],
  ['a negative size', 'layout-invalid', (made) => void made.finish(of(made.image([]), { size: -1 }))],
  [
    'a missing manifest',
    'blob-missing',
    (made) => void made.finish({ mediaType: ociManifest, digest: zeros('0'), size: 1 }),
  ],
  [
    'a manifest of another size',
    'blob-mismatch',
    (made) => void made.finish(of(made.image([]), { size: 7 })),
  ],
  [
    'a manifest of other bytes',
    'blob-mismatch',
    (made) => {
      const root = made.image([]);
      made.finish(root);
      writeFileSync(blob(made, root), Buffer.alloc(root.size, ' '));
    },
  ],
  [
    'a manifest of a gigabyte',
    'limit-exceeded',
    (made) => void made.finish({ mediaType: ociManifest, digest: zeros('1'), size: 1e9 }),
  ],
  [
    'an unknown media type',
    'media-type-unknown',
    (made) => void made.finish(made.put('application/vnd.oci.artifact', {})),
  ],
  [
    'indexes in each other',
    'index-too-deep',
    (made) => {
      const nest = (depth: number): Descriptor =>
        depth === 0 ? made.image([]) : made.index([nest(depth - 1)]);
      made.finish(nest(4));
    },
  ],
  [
    'thousands of manifests',
    'limit-exceeded',
    (made) => void made.finish(made.index(Array.from({ length: 1001 }, () => made.image([])))),
  ],
  [
    'only attestations',
    'layout-invalid',
    (made) => {
      const platform = { os: 'unknown', architecture: 'unknown' };
      made.finish(made.index([{ ...made.image([]), platform }]));
    },
  ],
  [
    'a configuration that is missing',
    'blob-missing',
    (made) => {
      const config = { mediaType: ociConfig, digest: zeros('2'), size: 2 };
      made.finish({
        ...made.put(ociManifest, { config, layers: [] }),
        platform: { os: 'linux', architecture: 'amd64' },
      });
    },
  ],
  [
    'a configuration with too few layers',
    'diff-id-mismatch',
    (made) => void made.finish(made.image([made.tarLayer(good)], undefined, { rootfs: { diff_ids: [] } })),
  ],
  [
    'a configuration whose diff ids are paths',
    'layout-invalid',
    (made) =>
      void made.finish(
        made.image(
          [made.tarLayer(good)],
          { os: 'linux', architecture: 'amd64' },
          { rootfs: { diff_ids: ['../x'] } },
        ),
      ),
  ],
  [
    'a manifest of nonsense',
    'layout-invalid',
    (made) => void made.finish(made.put(ociManifest, Buffer.from('{"config":[]'))),
  ],
];

const blobs: readonly Row[] = [
  [
    'a layer that is missing',
    'blob-missing',
    (made) => {
      const layer = made.tarLayer(good);
      one(made, layer);
      rmSync(blob(made, layer));
    },
  ],
  [
    'a layer that is a folder',
    'blob-missing',
    (made) => {
      const layer = made.tarLayer(good);
      one(made, layer);
      rmSync(blob(made, layer));
      mkdirSync(blob(made, layer));
    },
  ],
  [
    'a layer that is a link to the right bytes',
    'link-unsafe',
    (made) => {
      const layer = made.tarLayer(good);
      one(made, layer);
      renameSync(blob(made, layer), join(made.directory, 'moved'));
      symlinkSync(join(made.directory, 'moved'), blob(made, layer));
    },
  ],
  [
    'a folder of blobs that lies elsewhere',
    'link-unsafe',
    (made) => {
      one(made, made.tarLayer(good));
      const elsewhere = join(testFolder('headgate-elsewhere-'), 'sha256');
      renameSync(join(made.directory, 'blobs/sha256'), elsewhere);
      symlinkSync(elsewhere, join(made.directory, 'blobs/sha256'));
    },
  ],
  [
    'a truncated layer, plain',
    'blob-mismatch',
    (made) => {
      const layer = made.tarLayer(good);
      one(made, layer);
      truncateSync(blob(made, layer), 512);
    },
  ],
  [
    'a truncated layer, gzip',
    'blob-mismatch',
    (made) => {
      const layer = made.tarLayer(good, 'gzip');
      one(made, layer);
      truncateSync(blob(made, layer), layer.size - 5);
    },
  ],
  [
    'a truncated layer, zstd',
    'blob-mismatch',
    (made) => {
      const layer = made.tarLayer(good, 'zstd');
      one(made, layer);
      truncateSync(blob(made, layer), layer.size - 5);
    },
  ],
  [
    'a layer with bytes behind its end',
    'blob-mismatch',
    (made) => {
      const layer = made.tarLayer(good);
      one(made, layer);
      writeFileSync(blob(made, layer), 'more', { flag: 'a' });
    },
  ],
  [
    'a layer that gzip cannot read',
    'layer-damaged',
    (made) => {
      const bytes = gzipSync(tar(...good));
      bytes.fill(0xff, 20, 40);
      one(made, made.unpacksTo(made.put(`${ociLayer}+gzip`, bytes), tar(...good)));
    },
  ],
  [
    'garbage behind a zstd frame',
    'layer-damaged',
    (made) => {
      const bytes = Buffer.concat([zstdCompressSync(tar(...good)), Buffer.from('garbage')]);
      one(made, made.unpacksTo(made.put(`${ociLayer}+zstd`, bytes), tar(...good)));
    },
  ],
  [
    'gzip that is labelled plain',
    'compression-mismatch',
    (made) => void one(made, made.put(ociLayer, gzipSync(tar(...good)))),
  ],
  [
    'zstd that is labelled gzip',
    'compression-mismatch',
    (made) => void one(made, made.put(`${ociLayer}+gzip`, zstdCompressSync(tar(...good)))),
  ],
  [
    'plain that is labelled zstd',
    'compression-mismatch',
    (made) => void one(made, made.put(`${ociLayer}+zstd`, tar(...good))),
  ],
  [
    'a layer of an unknown type',
    'media-type-unknown',
    (made) => void one(made, made.put('application/vnd.oci.image.layer.v1.tar+xz', tar(...good))),
  ],
  [
    'a layer that lies elsewhere',
    'layer-foreign',
    (made) => void one(made, of(made.tarLayer(good), { urls: ['https://example.com/layer'] })),
  ],
  [
    'a foreign layer',
    'layer-foreign',
    (made) =>
      void one(
        made,
        of(made.tarLayer(good), { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' }),
      ),
  ],
  [
    'a layer that is not distributable',
    'layer-foreign',
    (made) =>
      void one(
        made,
        of(made.tarLayer(good), { mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar' }),
      ),
  ],
  [
    'a layer that is another one',
    'diff-id-mismatch',
    (made) => void one(made, made.unpacksTo(made.tarLayer(good), tar(file('b', 'y')))),
  ],
  [
    'one layer twice, of two sizes',
    'blob-mismatch',
    (made) => {
      const layer = made.tarLayer(good);
      one(made, layer, of(layer, { size: layer.size + 1 }));
    },
  ],
];

const entries: readonly Row[] = [
  ['a path upwards', 'path-unsafe', holding(file('../../etc/cron.d/x', 'x'))],
  ['a path upwards in the middle', 'path-unsafe', holding(file('a/../../x', 'x'))],
  ['an absolute path', 'path-unsafe', holding(file('/etc/cron.d/x', 'x'))],
  ['a path upwards by PAX', 'path-unsafe', holding(pax(['path', '../x']), file('ok', 'x'))],
  ['an absolute path by GNU', 'path-unsafe', holding(gnuLong('L', '/x'), file('ok', 'x'))],
  ['a path with a NUL', 'layer-damaged', holding(pax(['path', 'a\0b']), file('ok', 'x'))],
  ['a whiteout of the folder itself', 'path-unsafe', holding(file('a/.wh..', ''))],
  ['a whiteout of the folder above', 'path-unsafe', holding(file('a/.wh...', ''))],
  ['a whiteout of nothing', 'path-unsafe', holding(file('.wh.', ''))],
  ['a hard link upwards', 'link-unsafe', holding(hardlink('a', '../../etc/shadow'))],
  ['an absolute hard link', 'link-unsafe', holding(hardlink('a', '/etc/shadow'))],
  ['an entry of an unknown type', 'layer-damaged', holding({ name: 'a', type: 'Z' })],
  [
    'a wrong checksum',
    'layer-damaged',
    (made) => {
      const bytes = tar(...good);
      bytes[0] = 0x62;
      one(made, made.packed('none', bytes));
    },
  ],
  ['text that is no archive', 'layer-damaged', (made) => void one(made, made.layer('gzip', 5000))],
  [
    'an archive that breaks off in a header',
    'layer-damaged',
    (made) => void one(made, made.packed('gzip', tar(...good).subarray(0, 700))),
  ],
  [
    'an archive that breaks off in a file',
    'layer-damaged',
    (made) => void one(made, made.packed('gzip', member(file('a', 'x'.repeat(2000))).subarray(0, 1500))),
  ],
  [
    'an archive that breaks off behind a long name',
    'layer-damaged',
    (made) => void one(made, made.packed('none', member(gnuLong('L', 'x')))),
  ],
  [
    'a size of another sign',
    'layer-damaged',
    holding(file('a', '', { edit: (header) => header.fill(0xff, 124, 136) })),
  ],
  ['a long name without end', 'layer-damaged', holding({ ...gnuLong('L', 'x'), size: 2 ** 31 })],
  [
    'a record that is longer than its header',
    'layer-damaged',
    holding({ name: 'x', type: 'x', body: '99 path=x\n' }),
  ],
  [
    'a sparse file of a petabyte',
    'limit-exceeded',
    holding(pax(['GNU.sparse.size', '1000000000000000'], ['GNU.sparse.map', '0,1']), file('a', 'x')),
  ],
  [
    'a sparse file whose pieces overlap',
    'layer-damaged',
    holding(pax(['GNU.sparse.size', '9'], ['GNU.sparse.map', '4,2,0,2']), file('a', 'abcd')),
  ],
  [
    'a sparse file with more than its map',
    'layer-damaged',
    holding(pax(['GNU.sparse.size', '9'], ['GNU.sparse.map', '0,1']), file('a', 'abcd')),
  ],
  [
    'a bomb in gzip',
    'limit-exceeded',
    (made) => void one(made, made.packed('gzip', Buffer.alloc(5_000_000))),
  ],
  [
    'a bomb in zstd',
    'limit-exceeded',
    (made) => void one(made, made.packed('zstd', Buffer.alloc(20_000_000))),
  ],
  [
    'more bytes than allowed',
    'limit-exceeded',
    (made) => {
      const part = file('a', Buffer.alloc(51_000_000));
      one(made, made.tarLayer([part]));
    },
  ],
  [
    'more entries than allowed',
    'limit-exceeded',
    holding(...Array.from({ length: 101 }, (_, index) => file(`f${index}`, ''))),
  ],
  [
    'a path longer than a system takes',
    'limit-exceeded',
    holding(gnuLong('L', 'x'.repeat(4097)), file('a', '')),
  ],
  [
    'more files in all layers than allowed',
    'limit-exceeded',
    (made) => {
      const files = (name: string): Descriptor =>
        made.tarLayer(Array.from({ length: 80 }, (_, n) => file(`${name}/${n}`, '')));
      one(made, files('a'), files('b'));
    },
  ],
  ['a path deeper than allowed', 'limit-exceeded', holding(file('d/'.repeat(22), ''))],
];

describe('a hostile layout', () => {
  it.each([...documents, ...blobs, ...entries])('with %s is refused as %s', async (_what, code, make) => {
    const made = makeLayout(join(testFolder('headgate-hostile-'), 'layout'));
    make(made);
    const around = listing(join(made.directory, '..'));

    const refused = await openLayout(made.directory)
      .then(inspect)
      .catch((error: unknown) => error);

    expect(refused).toMatchObject({ name: 'ActionError', code, hint: expect.stringMatching(/\.$/) });
    expect(listing(join(made.directory, '..'))).toEqual(around);
  });

  it('does no harm by symbolic links, which only a container follows', async () => {
    const made = makeLayout();
    one(
      made,
      made.tarLayer([symlink('a', '/etc/shadow'), symlink('b', '../../../etc'), file('b/passwd', 'x')]),
    );

    await expect(openLayout(made.directory).then(inspect)).resolves.toBeDefined();
  });
});

const config = Buffer.from(
  JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [zeros('3')] } }),
);
const saved = (changes: object, ...more: readonly TarPart[]): readonly TarPart[] => [
  file('manifest.json', JSON.stringify([{ Config: 'c.json', Layers: ['l/layer.tar'], ...changes }])),
  file('c.json', config),
  ...more,
];

describe('a hostile archive', () => {
  it.each<[string, ImageFailureCode, (made: MadeLayout) => Uint8Array]>([
    ['nothing', 'archive-invalid', () => tar()],
    ['no byte', 'archive-invalid', () => Buffer.alloc(0)],
    ['text', 'archive-invalid', () => Buffer.alloc(2000, 'x')],
    ['gzip around it', 'archive-invalid', (made) => gzipSync(tar(...layoutParts(made.directory)))],
    ['half of it', 'archive-invalid', (made) => tar(...layoutParts(made.directory)).subarray(0, 2000)],
    ['a path upwards', 'path-unsafe', (made) => tar(...layoutParts(made.directory), file('../x', 'x'))],
    ['an absolute path', 'path-unsafe', (made) => tar(file('/etc/x', 'x'), ...layoutParts(made.directory))],
    [
      'an absolute link',
      'link-unsafe',
      (made) => tar(...layoutParts(made.directory), symlink('l', '/etc/shadow')),
    ],
    [
      'a link upwards',
      'link-unsafe',
      (made) => tar(...layoutParts(made.directory), symlink('a/l', '../../x')),
    ],
    [
      'a hard link upwards',
      'link-unsafe',
      (made) => tar(...layoutParts(made.directory), hardlink('l', '../x')),
    ],
    [
      'one blob twice',
      'archive-invalid',
      (made) => tar(...layoutParts(made.directory), file('index.json', '{}')),
    ],
    [
      'no blobs',
      'blob-missing',
      (made) => tar(...layoutParts(made.directory).filter(({ name }) => name === 'index.json')),
    ],
    ['two saved images', 'archive-invalid', () => tar(file('manifest.json', '[{},{}]'))],
    [
      'a saved image without a configuration',
      'archive-invalid',
      () => tar(file('manifest.json', '[{"Config":"../c","Layers":[]}]')),
    ],
    ['a saved image without its layer', 'blob-missing', () => tar(...saved({}))],
    ['a saved image with more layers than it says', 'archive-invalid', () => tar(...saved({ Layers: [] }))],
    [
      'a saved image whose layer is another',
      'blob-mismatch',
      () => tar(...saved({}, file('l/layer.tar', tar(...good)))),
    ],
    [
      'a saved layer that links to itself',
      'blob-missing',
      () => tar(...saved({}, symlink('l/layer.tar', '../l/layer.tar'))),
    ],
  ])('with %s is refused as %s', async (_what, code, make) => {
    const made = makeLayout();
    one(made, made.tarLayer(good));
    const path = join(testFolder('headgate-archive-'), 'image.tar');
    writeFileSync(path, make(made));
    const handle = await open(path);

    const refused = await openArchive(handle)
      .then(inspect)
      .catch((error: unknown) => error);

    expect(refused).toMatchObject({ name: 'ActionError', code });
    expect(listing(join(path, '..'))).toEqual(['image.tar']);
    await handle.close();
  });
});

describe('whatever a document says', () => {
  const json = fc.oneof(
    fc.jsonValue(),
    fc.record({
      rootfs: fc.record({ diff_ids: fc.jsonValue() }),
      history: fc.jsonValue(),
      os: fc.jsonValue(),
    }),
  );

  it('nothing is thrown but the own error of this package', async () => {
    await fc.assert(
      fc.asyncProperty(json, fc.jsonValue(), fc.jsonValue(), async (config, layers, extra) => {
        const made = makeLayout();
        const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
        const layer = made.tarLayer(good);
        const manifest = {
          config: made.put(ociConfig, bytes(config)),
          layers: Array.isArray(layers) ? [...layers, layer] : layers,
          extra,
        };
        const platform = { os: 'linux', architecture: 'amd64' };
        made.finish({ ...made.put(ociManifest, manifest), platform, annotations: extra });

        await openLayout(made.directory)
          .then(inspect)
          .catch((error: unknown) => expect(error).toHaveProperty('name', 'ActionError'));
        rmSync(made.directory, { recursive: true });
      }),
      { numRuns: 200 },
    );
  });

  it('nor by an archive in which bytes were changed', async () => {
    const made = makeLayout();
    one(made, made.tarLayer(good, 'gzip'));
    const whole = tar(...layoutParts(made.directory));
    const path = join(testFolder('headgate-archive-'), 'image.tar');
    const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.nat(whole.length), async (changes, end) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        writeFileSync(path, bytes.subarray(0, end));
        const handle = await open(path);

        await openArchive(handle)
          .then(inspect)
          .catch((error: unknown) => expect(error).toHaveProperty('name', 'ActionError'));
        await handle.close();
      }),
      { numRuns: 200 },
    );
  });
});
