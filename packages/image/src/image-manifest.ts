// The manifests of an image, found from its root through at most three levels of indexes.
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { indexTypes, manifestTypes } from '@headgate/kit/registry/media-types';
import { isDigest } from '@headgate/kit/registry/reference';
import { readDescriptor, readLayerDescriptor } from './descriptor.js';
import { failure } from './failures.js';
import { type ImageSource, readDocument } from './image-source.js';
import { type Json, object, objects, parseJson, text } from './json.js';

export interface ImageManifest {
  readonly descriptor: Descriptor;
  /** `linux/amd64` or `linux/arm/v7`; null for attestations, which describe an image and run nowhere. */
  readonly platform: string | null;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** What an attestation is about and says; null for an image. */
  readonly attestation: Attestation | null;
}

export interface Attestation {
  /** Digest of the manifest it describes; null when it does not say. */
  readonly subject: string | null;
  /** Such as `https://slsa.dev/provenance/v1`, in the order of its layers. */
  readonly predicateTypes: readonly string[];
}

export interface Image {
  /** The one manifest or index that names the image. */
  readonly root: Descriptor;
  /** Every index, children before parents, the root last when it is one. */
  readonly indexes: readonly Descriptor[];
  readonly manifests: readonly ImageManifest[];
}

const deepestIndex = 3;
/** An image has one manifest for each platform; thousands are an attack. */
const mostManifests = 1000;

/**
 * Reads every document of an image and checks each against its digest and size. Layers are checked while they are read.
 * @throws ActionError, with the codes of `ImageFailureCode`
 */
export async function readImage(source: ImageSource): Promise<Image> {
  const found: Found = { indexes: [], manifests: [] };
  await walk({ source, found }, { ...source.root.entry, ...source.root.descriptor }, 0);
  if (!found.manifests.some((manifest) => manifest.platform !== null)) {
    throw failure('layout-invalid', `${source.root.descriptor.digest} holds no image.`);
  }
  return { root: source.root.descriptor, indexes: found.indexes, manifests: found.manifests };
}

interface Found {
  readonly indexes: Descriptor[];
  readonly manifests: ImageManifest[];
}

interface Walk {
  readonly source: ImageSource;
  readonly found: Found;
}

async function walk(state: Walk, entry: Json, depth: number): Promise<void> {
  const descriptor = readDescriptor(entry);
  const isIndex = indexTypes.has(descriptor.mediaType);
  if (!isIndex && !manifestTypes.has(descriptor.mediaType)) {
    throw failure(
      'media-type-unknown',
      `${descriptor.digest} has the unknown type "${descriptor.mediaType}".`,
    );
  }
  if (isIndex && depth >= deepestIndex) {
    throw failure('index-too-deep', `Indexes lie in each other, at most ${deepestIndex} were expected.`);
  }
  if (state.found.manifests.length + state.found.indexes.length >= mostManifests) {
    throw failure('limit-exceeded', `The image has more than ${mostManifests} manifests.`);
  }
  const document = object(parseJson(await readDocument(state.source, descriptor), descriptor.digest));
  if (!isIndex) {
    state.found.manifests.push(await readManifest(state.source, { descriptor, document, entry }));
    return;
  }
  for (const child of objects(document['manifests'])) await walk(state, child, depth + 1);
  state.found.indexes.push(descriptor);
}

interface ReadManifest {
  readonly descriptor: Descriptor;
  readonly document: Json;
  /** The manifest's line in the index. */
  readonly entry: Json;
}

async function readManifest(
  source: ImageSource,
  { descriptor, document, entry }: ReadManifest,
): Promise<ImageManifest> {
  const config = readDescriptor(object(document['config']));
  const annotations = object(entry['annotations']);
  const platform =
    entry['platform'] === undefined && annotations['vnd.docker.reference.type'] === undefined
      ? platformOf(object(parseJson(await readDocument(source, config), config.digest)))
      : platformOf(object(entry['platform']));
  const layers = objects(document['layers']);
  if (platform !== null) {
    return { descriptor, platform, config, layers: layers.map(readLayerDescriptor), attestation: null };
  }
  const subject = annotations['vnd.docker.reference.digest'];
  const predicateTypes = layers
    .map((layer) => text(object(layer['annotations'])['in-toto.io/predicate-type']))
    .filter((type) => type !== '');
  const attestation = { subject: isDigest(subject) ? subject : null, predicateTypes };
  return { descriptor, platform, config, layers: layers.map(readDescriptor), attestation };
}

/** BuildKit marks attestations `unknown/unknown` (and by an annotation); they count for nothing but the push. */
export function platformOf(platform: Json): string | null {
  const { os, architecture, variant } = platform;
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === 'unknown') return null;
  return [os, architecture, ...(typeof variant === 'string' && variant !== '' ? [variant] : [])].join('/');
}
