// An image in a folder: the OCI image layout as BuildKit and others write it.
import { join } from 'node:path';
import { readDescriptor } from './descriptor.js';
import { failure } from './failures.js';
import { type Image, readImage } from './image-manifest.js';
import { collect, type ImageSource, type RootEntry } from './image-source.js';
import { object, objects, parseJson } from './json.js';
import { openRegularFile } from './regular-file.js';

const largestIndex = 4 * 1024 * 1024;

export interface ImageLayout extends Image {
  readonly directory: string;
}

/** Where a blob lies; the digest was checked, so the path stays inside the folder. */
export function blobPath(directory: string, digest: `sha256:${string}`): string {
  return join(directory, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

/**
 * Reads a layout and checks every document against its digest and size. Layers are checked while they are read.
 * @param directory the folder with `index.json`
 * @throws ActionError, with the codes of `ImageFailureCode`
 */
export async function readLayout(directory: string): Promise<ImageLayout> {
  return { directory, ...(await readImage(await openLayout(directory))) };
}

/** The layout as a source of blobs. @throws ActionError `layout-invalid` without a usable index.json */
export async function openLayout(directory: string): Promise<ImageSource> {
  const index = await openRegularFile(directory, join(directory, 'index.json'), 'layout-invalid');
  const bytes = await collect(index.createReadStream(), largestIndex);
  return {
    root: rootEntry(bytes),
    async open({ digest }) {
      const file = await openRegularFile(directory, blobPath(directory, digest), 'blob-missing');
      return file.createReadStream({ highWaterMark: 1 << 18 });
    },
    close: async () => undefined,
  };
}

/** What index.json names: one image, else nobody knows which is meant. @throws ActionError `layout-invalid` */
export function rootEntry(bytes: Uint8Array): RootEntry {
  const entries = objects(object(parseJson(bytes, 'index.json'))['manifests']);
  const [only] = entries;
  if (only === undefined || entries.length !== 1) {
    throw failure('layout-invalid', `index.json names ${entries.length} images, expected 1.`);
  }
  return { descriptor: readDescriptor(only), entry: only };
}
