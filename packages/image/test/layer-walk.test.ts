// One pass over a layer: what its archive says in every form that archivers write, whatever it is packed with.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../src/testing/layouts.js';
import {
  directory,
  file,
  gnuLong,
  hardlink,
  member,
  pax,
  symlink,
  type TarPart,
  tar,
} from '../src/testing/tar.js';
import { pack, readLayer } from './layers.js';

const contentOf = (text: string | Buffer): string => digestOf(Buffer.from(text));
const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`;
const base256 = (value: number, length: number): Buffer => {
  const field = Buffer.alloc(length);
  field.writeUInt32BE(value, length - 4);
  field[0] = 0x80;
  return field;
};

/** `head`, a hole, `tail`: 5,000 bytes of which 1,024 are stored. */
const sparseContent = Buffer.concat([Buffer.alloc(512, 'h'), Buffer.alloc(3976), Buffer.alloc(512, 't')]);
const stored = Buffer.concat([Buffer.alloc(512, 'h'), Buffer.alloc(512, 't')]);
const gnuSparse: TarPart = {
  name: 'sparse',
  type: 'S',
  body: stored,
  magic: 'ustar  \0',
  edit: (header) => {
    header.fill(0, 345, 500);
    for (const [at, value] of [
      [386, 0],
      [398, 512],
      [410, 4488],
      [422, 512],
      [483, 5000],
    ] as const) {
      header.write(`${value.toString(8).padStart(11, '0')}\0`, at);
    }
  },
};

describe('walkLayer', () => {
  it('gives every kind of entry, in the order of the archive', async () => {
    const archive = tar(
      directory('./'),
      directory('bin/', { mode: 0o755 }),
      file('bin/su', 'program', { mode: 0o104755, uid: 1, gid: 2 }),
      hardlink('bin/so', 'bin/su'),
      symlink('bin/sh', '/bin/su'),
      { name: 'dev/null', type: '3' },
      { name: 'dev/disk', type: '4' },
      { name: 'run/pipe', type: '6' },
      file('etc/.wh.passwd', ''),
      file('srv/.wh..wh..opq', ''),
      file('.wh..wh..opq', ''),
      file('.wh..wh.plnk', ''),
      file('empty', ''),
    );

    const { entries } = await readLayer(archive);

    expect(entries.map(({ path, kind, linkTarget }) => [path, kind, linkTarget])).toEqual([
      ['bin', 'directory', null],
      ['bin/su', 'file', null],
      ['bin/so', 'hardlink', 'bin/su'],
      ['bin/sh', 'symlink', '/bin/su'],
      ['dev/null', 'character-device', null],
      ['dev/disk', 'block-device', null],
      ['run/pipe', 'fifo', null],
      ['etc/passwd', 'whiteout', null],
      ['srv', 'opaque', null],
      ['.', 'opaque', null],
      ['empty', 'file', null],
    ]);
    expect(entries[1]).toMatchObject({
      mode: 0o4755,
      uid: 1,
      gid: 2,
      size: 7,
      contentDigest: contentOf('program'),
    });
    expect(entries.at(-1)).toMatchObject({ size: 0, contentDigest: contentOf('') });
  });

  it.each<[string, readonly TarPart[], { path: string; size?: number; linkTarget?: string; uid?: number }]>([
    ['the prefix of ustar', [file('name', 'x', { prefix: 'a/folder' })], { path: 'a/folder/name' }],
    [
      'GNU, which has no prefix',
      [file('name', 'x', { prefix: 'times', magic: 'ustar  \0' })],
      { path: 'name' },
    ],
    [
      'v7, without any mark',
      [file('name', 'x', { magic: '\0'.repeat(8), type: '\0' })],
      { path: 'name', size: 1 },
    ],
    ['a long name by PAX', [pax(['path', long]), file('short', 'x')], { path: long }],
    ['a long link by PAX', [pax(['linkpath', long]), symlink('l', 'short')], { path: 'l', linkTarget: long }],
    ['a long name by GNU', [gnuLong('L', long), file('short', 'x')], { path: long }],
    ['a long link by GNU', [gnuLong('K', long), symlink('l', 'short')], { path: 'l', linkTarget: long }],
    ['a size by PAX', [pax(['size', '3']), file('f', 'abc', { size: 0 })], { path: 'f', size: 3 }],
    ['an owner by PAX', [pax(['uid', '3000000']), file('f', 'x')], { path: 'f', uid: 3_000_000 }],
    [
      'a size in base 256',
      [file('f', 'abc', { edit: (header) => base256(3, 12).copy(header, 124) })],
      { path: 'f', size: 3 },
    ],
    [
      'an owner in base 256',
      [file('f', 'x', { edit: (header) => base256(70_000_000, 8).copy(header, 108) })],
      { path: 'f', uid: 70_000_000 },
    ],
    [
      'numbers with blanks around them',
      [file('f', 'x', { edit: (header) => header.write('  7 \0   ', 108) })],
      { path: 'f', uid: 7 },
    ],
    [
      'a global header, which says nothing about files',
      [{ ...pax(['path', 'no']), type: 'g' }, file('f', 'x')],
      { path: 'f' },
    ],
    [
      'a binary value in PAX',
      [pax(['SCHILY.xattr.security.capability', '\u0001\0\0\u0002'], ['path', 'g']), file('f', 'x')],
      { path: 'g' },
    ],
    [
      'a name that is no UTF-8',
      [file('f', 'x', { edit: (header) => header.writeUInt8(0xe9, 0) })],
      { path: 'é' },
    ],
    ['blanks and slashes in a name', [file('.//a b//./c', 'x')], { path: 'a b/c' }],
    [
      'a file whose name ends with a slash, as v7 marks directories',
      [{ name: 'd/', type: '\0' }],
      { path: 'd', size: 0 },
    ],
  ])('reads %s', async (_name, parts, expected) => {
    const { entries } = await readLayer(tar(...parts));

    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject(expected);
  });

  it.each<[string, readonly TarPart[]]>([
    ['the old GNU form', [gnuSparse]],
    [
      'PAX 0.0',
      [
        pax(
          ['GNU.sparse.size', '5000'],
          ['GNU.sparse.numblocks', '2'],
          ['GNU.sparse.offset', '0'],
          ['GNU.sparse.numbytes', '512'],
          ['GNU.sparse.offset', '4488'],
          ['GNU.sparse.numbytes', '512'],
        ),
        file('sparse', stored),
      ],
    ],
    [
      'PAX 0.1',
      [
        pax(['GNU.sparse.size', '5000'], ['GNU.sparse.map', '0,512,4488,512'], ['GNU.sparse.name', 'sparse']),
        file('other', stored),
      ],
    ],
    [
      'PAX 1.0',
      [
        pax(
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
          ['GNU.sparse.realsize', '5000'],
          ['GNU.sparse.name', 'sparse'],
        ),
        file('other', Buffer.concat([Buffer.from('2\n0\n512\n4488\n512\n'.padEnd(512, '\0')), stored])),
      ],
    ],
  ])('shows a sparse file as a file system does: %s', async (_name, parts) => {
    const { entries } = await readLayer(tar(...parts, file('next', 'x')));

    expect(entries).toEqual([
      expect.objectContaining({ path: 'sparse', size: 5000, contentDigest: contentOf(sparseContent) }),
      expect.objectContaining({ path: 'next', size: 1 }),
    ]);
  });

  it.each<[string, Buffer]>([
    ['no byte', Buffer.alloc(0)],
    ['two blocks of zeros', Buffer.alloc(1024)],
    ['zeros up to a record, as tar pads them', Buffer.alloc(10_240)],
  ])('takes a layer of %s as one without entries', async (_name, archive) => {
    expect(await readLayer(archive)).toMatchObject({ entries: [], uncompressed: archive.length });
  });

  const archive = tar(file('a', 'a'.repeat(3000)), pax(['path', long]), file('b', 'b'));

  it.each([
    [
      'gzip of several members',
      'gzip',
      Buffer.concat([gzipSync(archive.subarray(0, 700)), gzipSync(archive.subarray(700))]),
    ],
    [
      'estargz, a member for each piece and an empty one at the end',
      'gzip',
      Buffer.concat([
        ...[0, 512, 1024, 2048].map((at, index, all) => gzipSync(archive.subarray(at, all[index + 1]))),
        gzipSync(''),
      ]),
    ],
    [
      'zstd of several frames',
      'zstd',
      Buffer.concat([zstdCompressSync(archive.subarray(0, 700)), zstdCompressSync(archive.subarray(700))]),
    ],
    [
      'zstd with frames to be skipped and an empty one between',
      'zstd',
      Buffer.concat([
        Buffer.from('5f2a4d1800000000', 'hex'),
        zstdCompressSync(archive.subarray(0, 700)),
        Buffer.from('502a4d180400000061626364', 'hex'),
        zstdCompressSync(''),
        zstdCompressSync(archive.subarray(700)),
      ]),
    ],
    [
      'zstd with a frame to be skipped at the end',
      'zstd',
      Buffer.concat([zstdCompressSync(archive), Buffer.from('502a4d180400000061626364', 'hex')]),
    ],
    ['nothing', 'none', archive],
  ] as const)('reads a layer packed with %s', async (_name, packing, blob) => {
    const { entries, seen } = await readLayer(archive, { packing, blob });

    expect(entries.map(({ path }) => path)).toEqual(['a', long]);
    expect(seen).toEqual(archive);
  });

  it('finds the end of a zstd frame behind runs, which are one byte each', async () => {
    const runs = tar(file('zeros', Buffer.alloc(2_000_000)), file('b', 'b'));
    const blob = Buffer.concat([
      zstdCompressSync(runs.subarray(0, 1_500_000)),
      zstdCompressSync(runs.subarray(1_500_000)),
    ]);

    expect((await readLayer(runs, { packing: 'zstd', blob })).entries.map(({ path }) => path)).toEqual([
      'zeros',
      'b',
    ]);
  });

  it('shows every byte once and finds the same, however the blob is cut', async () => {
    const whole = await readLayer(archive);
    const frames = Buffer.concat([
      zstdCompressSync(archive.subarray(0, 9)),
      zstdCompressSync(archive.subarray(9)),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1500 }),
        fc.constantFrom('none' as const, 'gzip' as const, 'zstd' as const),
        async (piece, packing) => {
          const blob = packing === 'zstd' ? frames : pack(packing, archive);
          const read = await readLayer(archive, { packing, piece, blob });

          expect(read.entries).toEqual(whole.entries);
          expect(read.seen).toEqual(archive);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('throws nothing but its own error, whatever is in the archive', async () => {
    const parts = [
      file('a', 'abc'),
      pax(['path', 'b'], ['size', '2']),
      file('x', 'yy'),
      gnuSparse,
      hardlink('l', 'a'),
      gnuLong('L', 'n'),
    ];
    const good = Buffer.concat(parts.map(member));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.nat(good.length),
        async (changes, end) => {
          const bad = Buffer.from(good);
          for (const [at, byte] of changes) bad[at] = byte;
          // The checksum is made anew, else it would catch nearly all of them.
          for (let at = 0; at + 512 <= bad.length; at += 512) sum(bad.subarray(at, at + 512));
          await readLayer(bad.subarray(0, end)).catch((error: unknown) => {
            expect(error).toHaveProperty('name', 'ActionError');
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stops with what the visitor throws, and with the reason of a cancelled job', async () => {
    const stop = new Error('found');
    const onBytes = (): never => {
      throw stop;
    };

    await expect(readLayer(archive, { onBytes })).rejects.toBe(stop);
    await expect(readLayer(archive, { packing: 'gzip', signal: AbortSignal.abort(stop) })).rejects.toBe(stop);
  });

  it('reads a layer of some megabytes as it is, in each packing', async () => {
    const body = Buffer.alloc(3_000_000);
    for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
    const large = tar(file('a', body), file('b', body.subarray(0, 1_000_001)));
    for (const packing of ['none', 'gzip', 'zstd'] as const) {
      const { entries, seen } = await readLayer(large, { packing, blob: pack(packing, large) });

      expect(entries.map(({ contentDigest }) => contentDigest)).toEqual([
        contentOf(body),
        contentOf(body.subarray(0, 1_000_001)),
      ]);
      expect(digestOf(seen)).toBe(digestOf(large));
    }
  });
});

function sum(header: Buffer): void {
  header.fill(0x20, 148, 156);
  header.write(
    `${header
      .reduce((total, byte) => total + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0`,
    148,
  );
}
