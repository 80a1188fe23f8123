// gzip as it comes by gives what Node's zlib gives, for any data, level and pieces; and ends, or says no, for anything else.
import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createGunzip } from '../src/gunzip.js';

/** What an archive has behind its last file. */
const rest = Buffer.alloc(1024);

function unpack(packed: Uint8Array, piece = 16 * 1024): { bytes: Buffer; ended: boolean } {
  const parts: Buffer[] = [];
  const gunzip = createGunzip((bytes) => parts.push(Buffer.from(bytes)));
  let ended = false;
  for (let at = 0; at < packed.length && !ended; at += piece)
    ended = !gunzip.push(packed.subarray(at, at + piece));
  return { bytes: Buffer.concat(parts), ended };
}

const words = fc
  .array(fc.constantFrom('const ', 'return ', 'x', '\n', 'module.exports', '\0\0\0\0', 'ä'), {
    maxLength: 3000,
  })
  .map((parts) => Buffer.from(parts.join('')));
const data = fc.oneof(
  words,
  fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
);

describe('gzip', () => {
  it('gives what was packed, at any level, with any strategy, in any pieces', () => {
    fc.assert(
      fc.property(
        data,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 4000 }),
        (bytes, level, strategy, piece) => {
          const packed = Buffer.concat([gzipSync(bytes, { level, strategy }), rest]);

          expect(unpack(packed, piece)).toEqual({ bytes, ended: true });
        },
      ),
    );
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['one byte a million times', Buffer.alloc(1_000_000, 'a')],
    [
      'bytes that repeat at the greatest distance',
      Buffer.alloc(
        200_000,
        Buffer.from(Array.from({ length: 32_768 }, (_, n) => (n * 2_654_435_761) >>> 24)),
      ),
    ],
    [
      'random bytes',
      Buffer.from(Array.from({ length: 300_000 }, (_, n) => Math.imul(n, 2_654_435_761) >>> (n % 24))),
    ],
  ])('reads %s', (_what, bytes) => {
    for (const level of [1, 6, 9]) {
      const packed = gzipSync(bytes, { level });
      expect(unpack(Buffer.concat([packed, rest])).bytes.equals(bytes)).toBe(true);
    }
  });

  it('reads every part that a header may have', () => {
    const head = Buffer.from('1f8b081e000000000003', 'hex');
    const parts = [
      Buffer.from([3, 0]),
      Buffer.from('abc'),
      Buffer.from('name\0comment\0'),
      Buffer.from([0, 0]),
    ];
    const body = deflateRawSync('content');
    const packed = Buffer.concat([head, ...parts, body, Buffer.alloc(8), rest]);

    expect(unpack(packed, 5).bytes.toString()).toBe('content');
  });

  it('reads members that follow each other, and nothing behind them', () => {
    const packed = Buffer.concat([gzipSync('one '), gzipSync('two'), Buffer.from('not gzip'), rest]);

    expect(unpack(packed)).toEqual({ bytes: Buffer.from('one two'), ended: true });
  });

  it('reads a stream that was flushed in between', () => {
    const bytes = Buffer.from('a flushed line\n'.repeat(500));
    const packed = gzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });

    expect(
      unpack(Buffer.concat([packed, rest]))
        .bytes.subarray(0, bytes.length)
        .equals(bytes),
    ).toBe(true);
  });

  it('gives no more than what was packed, and never throws, wherever bytes were changed', () => {
    fc.assert(
      fc.property(data, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), (bytes, changes) => {
        const packed = Buffer.concat([gzipSync(bytes), rest]);
        for (const [at, value] of changes) packed[at % (packed.length - rest.length)] = value;
        const { bytes: found } = unpack(packed);
        expect(found.length).toBeLessThan(3_000_000);
        try {
          const truth = gunzipSync(packed.subarray(0, packed.length - rest.length));
          expect(found.equals(truth)).toBe(true);
        } catch (problem) {
          if (problem instanceof Error && 'matcherResult' in problem) throw problem;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('begins anew', () => {
    const parts: string[] = [];
    const gunzip = createGunzip((bytes) => parts.push(Buffer.from(bytes).toString()));
    gunzip.push(gzipSync('first').subarray(0, 14));
    gunzip.reset();
    gunzip.push(Buffer.concat([gzipSync('second'), rest]));

    expect(parts.join('')).toBe('second');
  });
});
