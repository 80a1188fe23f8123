// OCI image layouts made by hand, byte by byte.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { testFolder } from '@headgate/kit/testing/folder';
import { type TarPart, tar } from './tar.js';

export type Packing = 'none' | 'gzip' | 'zstd';

export interface MadeLayout {
  readonly directory: string;
  put(mediaType: string, content: Uint8Array | object): Descriptor;
  /** A layer of `size` bytes before packing, which are no archive. */
  layer(packing: Packing, size: number, fill?: string): Descriptor;
  /** A layer of `size` bytes before packing, 2048 or more: an archive with one file, and zeros behind it. */
  fileLayer(packing: Packing, size: number): Descriptor;
  /** A layer that holds these bytes, packed. */
  packed(packing: Packing, archive: Uint8Array): Descriptor;
  /** A layer with these members. */
  tarLayer(parts: readonly TarPart[], packing?: Packing): Descriptor;
  /** Says what a layer unpacks to, when it was made by `put`. */
  unpacksTo(layer: Descriptor, archive: Uint8Array): Descriptor;
  image(
    layers: readonly Descriptor[],
    platform?: object,
    config?: object,
  ): Descriptor & { readonly platform?: object };
  index(manifests: readonly object[]): Descriptor;
  /** Writes index.json, which names `roots`. */
  finish(...roots: readonly object[]): string;
}

export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const ociConfig = 'application/vnd.oci.image.config.v1+json';
export const ociLayer = 'application/vnd.oci.image.layer.v1.tar';

/** `sha256:…` of some bytes. */
export function digestOf(bytes: Uint8Array): `sha256:${string}` {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function makeLayout(directory: string = testFolder('headgate-layout-')): MadeLayout {
  mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
  const diffIds = new Map<string, string>();
  const put = (mediaType: string, content: Uint8Array | object): Descriptor => {
    const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
    const digest = digestOf(bytes);
    writeFileSync(join(directory, 'blobs/sha256', digest.slice('sha256:'.length)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const unpacksTo = (layer: Descriptor, archive: Uint8Array): Descriptor => {
    diffIds.set(layer.digest, digestOf(archive));
    return layer;
  };
  const packed = (packing: Packing, archive: Uint8Array): Descriptor =>
    unpacksTo(put(packing === 'none' ? ociLayer : `${ociLayer}+${packing}`, pack(packing, archive)), archive);
  return {
    directory,
    put,
    packed,
    unpacksTo,
    layer: (packing, size, fill = 'x') => packed(packing, Buffer.alloc(size, fill)),
    fileLayer: (packing, size) => {
      const archive = tar({ name: 'app', body: `${size}` });
      return packed(packing, Buffer.concat([archive, Buffer.alloc(size - archive.length)]));
    },
    tarLayer: (parts, packing = 'none') => packed(packing, tar(...parts)),
    image(layers, platform, changes) {
      const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => diffIds.get(digest) ?? digest) };
      const config = put(ociConfig, { os: 'linux', architecture: 'amd64', ...platform, rootfs, ...changes });
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

function pack(packing: Packing, archive: Uint8Array): Uint8Array {
  if (packing === 'none') return archive;
  return packing === 'gzip' ? gzipSync(archive) : zstdCompressSync(archive);
}
