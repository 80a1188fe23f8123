// Both sizes of an image: what a node pulls (compressed) and what a disk holds (uncompressed).
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { PlatformSize } from '@headgate/kit/record-parts';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { compressionOf } from '@headgate/kit/registry/media-types';
import { failure } from './failures.js';
import { blobPath, type ImageLayout } from './layout.js';

export interface ImageSizes {
  /** In the order of the index; attestations left out. */
  readonly platforms: readonly PlatformSize[];
  /** Bytes, summed over platforms; a layer that two platforms share counts for both. */
  readonly compressed: number;
  readonly uncompressed: number;
}

/**
 * Measures every platform. Each layer is read once, and its bytes are proved to be those its digest names.
 * @throws ActionError `layout-invalid` when a layer is missing, damaged or differs from its digest
 */
export async function measure(layout: ImageLayout, signal: AbortSignal): Promise<ImageSizes> {
  const unpacked = new Map<string, number>();
  const platforms: PlatformSize[] = [];
  for (const { platform, layers } of layout.manifests) {
    if (platform === null) continue;
    let compressed = 0;
    let uncompressed = 0;
    for (const layer of layers) {
      const size = unpacked.get(layer.digest) ?? (await unpackedSize(layout.directory, layer, signal));
      unpacked.set(layer.digest, size);
      compressed += layer.size;
      uncompressed += size;
    }
    platforms.push({ platform, compressed, uncompressed });
  }
  return {
    platforms,
    compressed: platforms.reduce((sum, one) => sum + one.compressed, 0),
    uncompressed: platforms.reduce((sum, one) => sum + one.uncompressed, 0),
  };
}

async function unpackedSize(directory: string, layer: Descriptor, signal: AbortSignal): Promise<number> {
  const hash = createHash('sha256');
  let packed = 0;
  let unpacked = 0;
  const source = createReadStream(blobPath(directory, layer.digest), { highWaterMark: 1 << 20 });
  source.on('data', (chunk) => {
    hash.update(chunk);
    packed += chunk.length;
  });
  const count = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      unpacked += chunk.length;
      done();
    },
  });
  try {
    await pipeline([source, ...unpacker(layer), count], { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw damaged(layer, 'cannot be unpacked', cause);
  }
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== layer.digest || packed !== layer.size)
    throw damaged(layer, `holds ${packed} bytes with digest ${actual}`);
  return unpacked;
}

function unpacker(layer: Descriptor): readonly NodeJS.ReadWriteStream[] {
  switch (compressionOf(layer.mediaType)) {
    case 'gzip':
      return [createGunzip({ chunkSize: 1 << 18 })];
    case 'zstd':
      return [createZstdDecompress()];
    case 'none':
      return [];
    case null:
      throw damaged(layer, `has the unknown type "${layer.mediaType}"`);
  }
}

function damaged(layer: Descriptor, problem: string, cause?: unknown): Error {
  return failure(
    'layout-invalid',
    `Layer ${layer.digest} ${problem}.`,
    'Run the job again; if it repeats, check the disk of the builder.',
    cause,
  );
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes for people, in decimal units as registries and `docker images` show them: `155.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${units[unit]}`;
}
