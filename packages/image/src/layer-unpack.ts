// The bytes of a layer's archive out of its blob, both proved to be what manifest and configuration name.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { type Compression, compressionOf } from '@headgate/kit/registry/media-types';
import { checkBlob } from './blob.js';
import { chunkSize, feed, type Unpacker } from './byte-flow.js';
import { failure, isImageFailure } from './failures.js';
import { type LayerLimits, layerLimits } from './layer-limits.js';
import { createFrameSplitter } from './zstd-frames.js';

export interface UnpackOptions {
  /** Of the archive, as the configuration names it; null where nothing says it. */
  readonly diffId: string | null;
  /**
   * Gets every byte of the archive, once and in order. A chunk is valid during the call only: its memory is given back
   * right after, so what is kept must be copied. What it throws ends the reading.
   */
  readonly onBytes: (chunk: Buffer) => void;
  readonly limits?: LayerLimits;
  readonly signal: AbortSignal;
}

/**
 * Reads a layer once. What `onBytes` got counts only when the promise has resolved.
 * @returns bytes of the archive
 * @throws ActionError `media-type-unknown`, `compression-mismatch`, `blob-mismatch`, `layer-damaged`,
 * `diff-id-mismatch`, `limit-exceeded`; the signal's reason when aborted
 */
export async function unpackLayer(
  layer: Descriptor,
  blob: Readable,
  { diffId, onBytes, limits = layerLimits, signal }: UnpackOptions,
): Promise<number> {
  const packing = compressionOf(layer.mediaType);
  if (packing === null) {
    blob.destroy();
    throw failure('media-type-unknown', `Layer ${layer.digest} has the unknown type "${layer.mediaType}".`);
  }
  const packed = watchBlob(layer, packing);
  const archive = diffId === null ? null : createHash('sha256');
  let uncompressed = 0;
  let stopped: { readonly error: unknown } | null = null;
  const take = (chunk: Buffer): void => {
    uncompressed += chunk.length;
    checkGrowth(layer, uncompressed, limits);
    archive?.update(chunk);
    try {
      onBytes(chunk);
    } catch (error) {
      stopped = { error };
      throw error;
    }
  };
  try {
    await feed(blob, { look: packed.look, unpacker: unpackerFor(packing), take, signal });
  } catch (cause) {
    signal.throwIfAborted();
    rethrow(stopped);
    if (isImageFailure(cause)) throw cause;
    // A blob that was cut short or changed also fails to unpack; that it is not the blob says more.
    if (blob.readableEnded) packed.check();
    throw failure('layer-damaged', `Layer ${layer.digest} cannot be unpacked.`, cause);
  }
  packed.check();
  const actual = archive === null ? null : `sha256:${archive.digest('hex')}`;
  if (actual === diffId) return uncompressed;
  throw failure(
    'diff-id-mismatch',
    `Layer ${layer.digest} unpacks to ${actual}, the configuration names ${diffId}.`,
  );
}

/** What a visitor threw is its own affair, and is passed on as it is. */
function rethrow(stopped: { readonly error: unknown } | null): void {
  if (stopped !== null) throw stopped.error;
}

/** @throws ActionError `limit-exceeded` */
export function checkGrowth(layer: Descriptor, uncompressed: number, limits: LayerLimits): void {
  const ratio = uncompressed / Math.max(layer.size, 1);
  const within = uncompressed <= limits.ratioFrom || ratio <= limits.ratio;
  if (uncompressed <= limits.uncompressed && within) return;
  throw failure(
    'limit-exceeded',
    `Layer ${layer.digest} of ${layer.size} bytes unpacks to more than ${within ? `${limits.uncompressed} bytes` : `${limits.ratio} times as much`}.`,
  );
}

interface WatchedBlob {
  /** Sees each chunk of the blob. @throws ActionError `compression-mismatch`, `blob-mismatch` */
  readonly look: (chunk: Buffer) => void;
  /** @throws ActionError `blob-mismatch` */
  readonly check: () => void;
}

function watchBlob(layer: Descriptor, packing: Compression): WatchedBlob {
  const hash = createHash('sha256');
  let size = 0;
  let head: Buffer = Buffer.alloc(0);
  const check = (): void => checkBlob(layer, size, `sha256:${hash.copy().digest('hex')}`);
  const look = (chunk: Buffer): void => {
    size += chunk.length;
    hash.update(chunk);
    if (size > layer.size) check();
    if (head.length >= 4) return;
    head = Buffer.concat([head, chunk.subarray(0, 4)]);
    if (head.length >= 4) checkMagic(layer, packing, head);
  };
  return { look, check };
}

/** @throws ActionError `compression-mismatch` */
function checkMagic(layer: Descriptor, packing: Compression, head: Buffer): void {
  const found = packingOf(head);
  if (found === packing) return;
  throw failure(
    'compression-mismatch',
    `Layer ${layer.digest} was expected to be ${shown(packing)} by its type "${layer.mediaType}", it is ${shown(found)}.`,
  );
}

/** How bytes are packed, by their first four. */
export function packingOf(head: Buffer): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const magic = head.length < 4 ? 0 : head.readUInt32LE(0);
  // A zstd file may begin with a frame to be skipped (RFC 8878, section 3.1.2).
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50 ? 'zstd' : 'none';
}

function shown(packing: Compression): string {
  return packing === 'none' ? 'uncompressed' : packing;
}

function unpackerFor(packing: Compression): Unpacker | null {
  switch (packing) {
    case 'gzip':
      return { stream: createGunzip({ chunkSize }), split: (chunk) => [chunk] };
    case 'zstd':
      return { stream: createZstdDecompress({ chunkSize }), split: createFrameSplitter() };
    case 'none':
      return null;
  }
}
