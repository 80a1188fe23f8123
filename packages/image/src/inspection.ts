// A whole image, read once: documents, layers, and what becomes of the bytes.
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { type Accounting, accountFor } from './accounting.js';
import { readBlob } from './blob.js';
import { failure } from './failures.js';
import { type ImageConfig, readConfig } from './image-config.js';
import { type Image, type ImageManifest, readImage } from './image-manifest.js';
import { type ImageSource, readDocument } from './image-source.js';
import type { LayerContent } from './layer-entry.js';
import { type LayerLimits, layerLimits } from './layer-limits.js';
import type { LayerVisibility } from './layer-visibility.js';
import { type WalkOptions, walkLayer } from './layer-walk.js';
import { createPackedEntries, type PackedEntries } from './packed-entries.js';

export interface InspectedPlatform {
  readonly platform: string;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  /** Lowest first. */
  readonly layers: readonly LayerContent[];
  readonly accounting: Accounting;
  readonly visibility: LayerVisibility;
}

export interface Inspection {
  /** Of the index or manifest; of the configuration where no manifest was kept. */
  readonly digest: string;
  readonly image: Image;
  /** In the order of the index. */
  readonly platforms: readonly InspectedPlatform[];
  readonly attestations: readonly ImageManifest[];
}

export interface VisitedBlob {
  readonly kind: 'document' | 'layer' | 'attestation';
  readonly descriptor: Descriptor;
}

export interface InspectOptions {
  /** Only this one, `linux/amd64`; null: all. */
  readonly platform: string | null;
  /**
   * Asked before a blob is read: who gets its bytes, in order and once, layers unpacked with headers and padding. Null when
   * nobody looks. Blobs that several platforms share come once.
   */
  readonly visit: ((blob: VisitedBlob) => ((chunk: Uint8Array) => void) | null) | null;
  /** Of each layer besides its bytes: its entries as they begin. Asked before `visit`. */
  readonly visitEntries?: (layer: Descriptor) => WalkOptions['onStart'];
  readonly limits?: LayerLimits;
  readonly signal: AbortSignal;
}

/**
 * Reads and proves everything an image consists of. The source stays open.
 * @throws ActionError, with the codes of `ImageFailureCode`; the signal's reason when aborted
 */
export async function inspectImage(source: ImageSource, options: InspectOptions): Promise<Inspection> {
  const watched: ImageSource = { ...source, onDocument: documentVisitor(options) };
  const image = await readImage(watched);
  const platforms: InspectedPlatform[] = [];
  const known = new Map<string, ReadLayer>();
  for (const manifest of chosen(image, options.platform)) {
    const config = readConfig(await readDocument(watched, manifest.config), manifest);
    const layers: LayerContent[] = [];
    for (const [index, layer] of manifest.layers.entries()) {
      const diffId = config.diffIds[index] ?? null;
      const key = `${layer.digest} ${layer.mediaType} ${layer.size} ${diffId}`;
      const read = known.get(key) ?? (await readLayer(source, { layer, diffId }, options));
      known.set(key, read);
      checkEntries(known.values(), options.limits);
      const createdBy = config.createdBy[index] ?? '';
      layers.push({ digest: layer.digest, createdBy, compressed: layer.size, ...read });
    }
    platforms.push({ platform: manifest.platform, manifest, config, layers, ...accountFor(layers) });
  }
  const attestations = image.manifests.filter(({ platform }) => platform === null);
  await visitAttestations(source, attestations, options);
  return { digest: source.identity ?? image.root.digest, image, platforms, attestations };
}

interface ReadLayer extends Pick<LayerContent, 'uncompressed'> {
  readonly entries: PackedEntries;
}

async function readLayer(
  source: ImageSource,
  { layer, diffId }: { readonly layer: Descriptor; readonly diffId: string | null },
  { visit, visitEntries, signal, limits = layerLimits }: InspectOptions,
): Promise<ReadLayer> {
  signal.throwIfAborted();
  const entries = createPackedEntries();
  const uncompressed = await walkLayer(layer, await source.open(layer), {
    diffId,
    onEntry: (entry) => entries.add(entry),
    onStart: visitEntries?.(layer),
    onBytes: visit?.({ kind: 'layer', descriptor: layer }) ?? null,
    limits,
    signal,
  });
  return { uncompressed, entries };
}

/** What is kept of an image grows with its files. @throws ActionError `limit-exceeded` */
function checkEntries(layers: Iterable<ReadLayer>, { imageEntries } = layerLimits): void {
  let count = 0;
  for (const { entries } of layers) count += entries.length;
  if (count > imageEntries)
    throw failure('limit-exceeded', `The image has more than ${imageEntries} files and folders.`);
}

type Runnable = ImageManifest & { readonly platform: string };

/** @throws ActionError `platform-missing` */
function chosen({ manifests }: Image, wanted: string | null): readonly Runnable[] {
  const runnable = manifests.filter((one): one is Runnable => one.platform !== null);
  const found = runnable.filter(({ platform }) => wanted === null || platform === wanted);
  if (found.length > 0) return found;
  const names = runnable.map(({ platform }) => platform).join(', ');
  throw failure('platform-missing', `The image has no platform ${wanted}, it has ${names}.`);
}

function documentVisitor({ visit }: InspectOptions): (descriptor: Descriptor, bytes: Uint8Array) => void {
  const seen = new Set<string>();
  return (descriptor, bytes) => {
    if (seen.has(descriptor.digest)) return;
    seen.add(descriptor.digest);
    visit?.({ kind: 'document', descriptor })?.(bytes);
  };
}

/** Nobody unpacks what an attestation says, but it ships with the image. */
async function visitAttestations(
  source: ImageSource,
  attestations: readonly ImageManifest[],
  { visit, signal }: InspectOptions,
): Promise<void> {
  for (const descriptor of attestations.flatMap(({ layers }) => layers)) {
    const onBytes = visit?.({ kind: 'attestation', descriptor }) ?? null;
    if (onBytes !== null) await readBlob(descriptor, await source.open(descriptor), { onBytes, signal });
  }
}
