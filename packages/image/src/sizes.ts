// Both sizes of an image: what a node pulls (compressed) and what a disk holds (uncompressed).
import type { PlatformSize } from '@headgate/kit/record-parts';
import { unpackLayer } from './layer-unpack.js';
import { type ImageLayout, openLayout } from './layout.js';

export interface ImageSizes {
  /** In the order of the index; attestations left out. */
  readonly platforms: readonly PlatformSize[];
  /** Bytes, summed over platforms; a layer that two platforms share counts for both. */
  readonly compressed: number;
  readonly uncompressed: number;
}

/**
 * Measures every platform. Each layer is read once, and its bytes are proved to be those its digest names.
 * @throws ActionError, with the codes of `unpackLayer`, when a layer is missing, damaged or differs from its digest
 */
export async function measure(layout: ImageLayout, signal: AbortSignal): Promise<ImageSizes> {
  const source = await openLayout(layout.directory);
  const unpacked = new Map<string, number>();
  const platforms: PlatformSize[] = [];
  for (const { platform, layers } of layout.manifests) {
    if (platform === null) continue;
    let compressed = 0;
    let uncompressed = 0;
    for (const layer of layers) {
      signal.throwIfAborted();
      const size =
        unpacked.get(layer.digest) ??
        (await unpackLayer(layer, await source.open(layer), {
          diffId: null,
          onBytes: () => undefined,
          signal,
        }));
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
