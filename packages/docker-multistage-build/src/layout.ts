// An image as BuildKit wrote it: the OCI image layout in a folder, walked from index.json without trusting it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { indexTypes, manifestTypes } from '@headgate/kit/registry/media-types';
import { invalid, type Json, object, objects, parse, readDescriptor } from './descriptor.js';

export interface ImageManifest {
  readonly descriptor: Descriptor;
  /** `linux/amd64` or `linux/arm/v7`; null for attestations, which describe an image and run nowhere. */
  readonly platform: string | null;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface ImageLayout {
  readonly directory: string;
  /** The one manifest or index that names the image. */
  readonly root: Descriptor;
  /** Every index, children before parents, the root last when it is one. */
  readonly indexes: readonly Descriptor[];
  readonly manifests: readonly ImageManifest[];
}

const deepestIndex = 3;
const largestDocument = 4 * 1024 * 1024;

/** Where a blob lies; the digest was checked, so the path stays inside the folder. */
export function blobPath(directory: string, digest: `sha256:${string}`): string {
  return join(directory, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

/**
 * Reads a layout and checks every document against its digest and size. Layers are checked while they are measured.
 * @param directory the folder with `index.json`
 * @throws ActionError `layout-invalid`
 */
export async function readLayout(directory: string): Promise<ImageLayout> {
  const bytes = await readFile(join(directory, 'index.json')).catch((cause: unknown) => {
    throw invalid('the build left no index.json', cause);
  });
  const entries = objects(parse(bytes, 'index.json')['manifests']);
  const [only] = entries;
  if (only === undefined || entries.length !== 1)
    throw invalid(`index.json names ${entries.length} images, expected 1`);
  const found: Found = { indexes: [], manifests: [] };
  const root = readDescriptor(only);
  await walk({ directory, found }, only, 0);
  if (!found.manifests.some((manifest) => manifest.platform !== null))
    throw invalid('the layout holds no image');
  return { directory, root, indexes: found.indexes, manifests: found.manifests };
}

interface Found {
  readonly indexes: Descriptor[];
  readonly manifests: ImageManifest[];
}

interface Walk {
  readonly directory: string;
  readonly found: Found;
}

async function walk(state: Walk, entry: Json, depth: number): Promise<void> {
  const descriptor = readDescriptor(entry);
  const document = await readDocument(state.directory, descriptor);
  if (indexTypes.has(descriptor.mediaType)) {
    if (depth >= deepestIndex) throw invalid('indexes are nested too deeply');
    for (const child of objects(document['manifests'])) await walk(state, child, depth + 1);
    state.found.indexes.push(descriptor);
    return;
  }
  if (!manifestTypes.has(descriptor.mediaType)) throw invalid(`unknown media type "${descriptor.mediaType}"`);
  const config = readDescriptor(object(document['config']));
  const platform =
    platformName(object(entry['platform'])) ?? (await configPlatform(state.directory, config, entry));
  state.found.manifests.push({
    descriptor,
    platform,
    config,
    layers: objects(document['layers']).map(readDescriptor),
  });
}

async function readDocument(directory: string, descriptor: Descriptor): Promise<Json> {
  if (descriptor.size > largestDocument) throw invalid(`${descriptor.digest} is too large for a manifest`);
  const bytes = await readFile(blobPath(directory, descriptor.digest)).catch((cause: unknown) => {
    throw invalid(`blob ${descriptor.digest} is missing`, cause);
  });
  const actual = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (actual !== descriptor.digest || bytes.length !== descriptor.size) {
    throw invalid(`blob ${descriptor.digest} holds ${bytes.length} bytes with digest ${actual}`);
  }
  return parse(bytes, descriptor.digest);
}

/** BuildKit marks attestations `unknown/unknown` (and by an annotation); they count for nothing but the push. */
function platformName(platform: Json): string | null {
  const { os, architecture, variant } = platform;
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === 'unknown') return null;
  return [os, architecture, ...(typeof variant === 'string' && variant !== '' ? [variant] : [])].join('/');
}

async function configPlatform(directory: string, config: Descriptor, entry: Json): Promise<string | null> {
  if (
    entry['platform'] !== undefined ||
    object(entry['annotations'])['vnd.docker.reference.type'] !== undefined
  )
    return null;
  return platformName(await readDocument(directory, config));
}
