// Layers read out of nothing but bytes.
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import type { LayerEntry } from '../src/layer-entry.js';
import { type WalkOptions, walkLayer } from '../src/layer-walk.js';
import { digestOf, ociLayer, type Packing } from '../src/testing/layouts.js';

export interface ReadLayer {
  readonly entries: readonly LayerEntry[];
  readonly uncompressed: number;
  /** What the visitor saw. */
  readonly seen: Buffer;
}

export interface Reading extends Partial<WalkOptions> {
  readonly packing?: Packing;
  /** The blob, when it is not simply the packed archive. */
  readonly blob?: Buffer;
  readonly descriptor?: Partial<Descriptor>;
  /** Bytes that come at once. */
  readonly piece?: number;
}

export function pack(packing: Packing, archive: Buffer): Buffer {
  if (packing === 'none') return archive;
  return packing === 'gzip' ? gzipSync(archive) : zstdCompressSync(archive);
}

export async function readLayer(archive: Buffer, reading: Reading = {}): Promise<ReadLayer> {
  const { packing = 'none', piece } = reading;
  const blob = reading.blob ?? pack(packing, archive);
  const mediaType = packing === 'none' ? ociLayer : `${ociLayer}+${packing}`;
  const descriptor = { mediaType, digest: digestOf(blob), size: blob.length, ...reading.descriptor };
  const entries: LayerEntry[] = [];
  const seen: Buffer[] = [];
  const uncompressed = await walkLayer(descriptor, Readable.from(pieces(blob, piece ?? blob.length)), {
    diffId: digestOf(archive),
    onEntry: (entry) => entries.push(entry),
    onBytes: (chunk) => seen.push(Buffer.from(chunk)),
    signal: new AbortController().signal,
    ...reading,
  });
  return { entries, uncompressed, seen: Buffer.concat(seen) };
}

function* pieces(blob: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < blob.length; at += size) yield Buffer.from(blob.subarray(at, at + size));
}
