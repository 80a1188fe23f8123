// OCI image layouts made by hand, byte by byte.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { testFolder } from '@headgate/kit/testing/folder';

export interface MadeLayout {
  readonly directory: string;
  put(mediaType: string, content: Uint8Array | object): Descriptor;
  /** A layer of `size` bytes before packing. */
  layer(packing: 'none' | 'gzip' | 'zstd', size: number, fill?: string): Descriptor;
  image(layers: readonly Descriptor[], platform?: object): Descriptor & { readonly platform?: object };
  index(manifests: readonly object[]): Descriptor;
  /** Writes index.json, which names `roots`. */
  finish(...roots: readonly object[]): string;
}

export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';
const ociLayer = 'application/vnd.oci.image.layer.v1.tar';

export function makeLayout(): MadeLayout {
  const directory = testFolder('headgate-layout-');
  mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, content: Uint8Array | object): Descriptor => {
    const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(directory, 'blobs/sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  return {
    directory,
    put,
    layer(packing, size, fill = 'x') {
      const bytes = Buffer.alloc(size, fill);
      if (packing === 'none') return put(ociLayer, bytes);
      return put(`${ociLayer}+${packing}`, packing === 'gzip' ? gzipSync(bytes) : zstdCompressSync(bytes));
    },
    image(layers, platform) {
      const config = put('application/vnd.oci.image.config.v1+json', {
        os: 'linux',
        architecture: 'amd64',
        ...platform,
      });
      const manifest = put(ociManifest, { schemaVersion: 2, mediaType: ociManifest, config, layers });
      return platform === undefined ? manifest : { ...manifest, platform };
    },
    index: (manifests) => put(ociIndex, { schemaVersion: 2, mediaType: ociIndex, manifests }),
    finish(...roots) {
      writeFileSync(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: roots }));
      writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
      return directory;
    },
  };
}
