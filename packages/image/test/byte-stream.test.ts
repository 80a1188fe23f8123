// The matcher and its stream find what a naive search finds, whatever the patterns, bytes and chunks are.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createByteMatcher } from '../src/byte-matcher.js';
import { createByteStream } from '../src/byte-stream.js';

/** Few different bytes, so that patterns overlap and nearly match. */
const byte = fc.integer({ min: 97, max: 99 });
const pattern = fc.uint8Array({ minLength: 2, maxLength: 12, min: 97, max: 99 });

function naive(patterns: readonly Uint8Array[], bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes);
  return patterns.flatMap((each, index) => {
    const places: string[] = [];
    for (let at = text.indexOf(each); at >= 0; at = text.indexOf(each, at + 1)) places.push(`${index}@${at}`);
    return places;
  });
}

function streamed(patterns: readonly Uint8Array[], chunks: readonly Uint8Array[]): readonly string[] {
  const found: string[] = [];
  const stream = createByteStream(createByteMatcher(patterns), {
    onMatch: (index, at) => found.push(`${index}@${at}`),
  });
  for (const chunk of chunks) stream.push(chunk);
  stream.end();
  return found;
}

describe('a stream of bytes', () => {
  it('gives what a naive search gives', () => {
    const patterns = fc.array(pattern, { minLength: 1, maxLength: 8 });
    const text = fc.array(byte, { maxLength: 300 }).map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(patterns, text, (each, bytes) => {
        const found = streamed(each, [bytes]);

        expect(new Set(found)).toEqual(new Set(naive(each, bytes)));
        expect(new Set(found).size).toBe(found.length);
      }),
      { numRuns: 500 },
    );
  });

  it('finds a value at any offset with any chunks, once, across the windows as well', () => {
    const value = fc.uint8Array({ minLength: 8, maxLength: 2000, min: 1 });
    const place = fc.oneof(
      fc.integer({ min: 0, max: 700_000 }),
      fc.integer({ min: 256 * 1024 - 2100, max: 256 * 1024 + 100 }),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(value, place, sizes, (bytes, at, chunkSizes) => {
        const archive = Buffer.alloc(at + bytes.length + 1000);
        archive.set(bytes, at);
        const other = Buffer.from('eight or more');

        expect(streamed([other, bytes], chunksOf(archive, chunkSizes))).toEqual([`1@${at}`]);
      }),
      { numRuns: 60 },
    );
  });

  it('finds a value at every offset around the end of a window, once, be it the longest or not', () => {
    const end = 256 * 1024;
    const values = ['the longest value', 'a short one'].map((text) => Buffer.from(text));
    for (const [index, value] of values.entries()) {
      for (let at = end - value.length - 1; at <= end + 1; at += 1) {
        const archive = Buffer.alloc(end + 100);
        archive.set(value, at);

        expect(streamed(values, [archive])).toEqual([`${index}@${at}`]);
      }
    }
  });

  it('begins anew after its end: no value is made of two streams', () => {
    const found: number[] = [];
    const stream = createByteStream(createByteMatcher([Buffer.from('abcdefgh')]), {
      onMatch: (_, at) => found.push(at),
    });
    for (const part of ['xxabcd', 'efgh', 'abcdefgh']) {
      stream.push(Buffer.from(part));
      stream.end();
    }

    expect(found).toEqual([0]);
  });

  it('gives its bytes on in blocks, whatever the chunks were', () => {
    const blocks: string[] = [];
    const stream = createByteStream(createByteMatcher([Buffer.alloc(4000, 1)]), {
      onMatch: () => undefined,
      onBlock: (bytes, at) => blocks.push(`${bytes.length}@${at}:${bytes[0]}`),
    });
    for (let part = 0; part < 7; part += 1) stream.push(Buffer.alloc(100_000, part));
    stream.end();

    expect(blocks).toEqual(['262144@0:0', '262144@262144:2', '175712@524288:5']);
  });

  it('without patterns finds nothing', () => {
    expect(streamed([], [Buffer.from('anything')])).toEqual([]);
  });
});

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
    // A stream of single bytes would only be slow.
    if (chunks.length > 2000) {
      chunks.push(bytes.subarray(at));
      break;
    }
  }
  return chunks;
}
