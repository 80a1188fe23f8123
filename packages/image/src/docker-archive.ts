// What `docker save` wrote before Docker 25: a manifest.json without digests, layers as plain archives.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { isDigest } from '@headgate/kit/registry/reference';
import type { ArchiveFile } from './archive.js';
import type { ArchivePart } from './archive-index.js';
import { failure } from './failures.js';
import type { ImageSource } from './image-source.js';
import { object, objects, parseJson, text, texts } from './json.js';
import { packingOf } from './layer-unpack.js';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar';

/**
 * Says about the one image of the archive what a manifest would. An uncompressed layer's digest is its diff id, so the
 * bytes are held against the configuration.
 * @throws ActionError `archive-invalid`, `layout-invalid`
 */
export async function describeSavedImage(archive: ArchiveFile): Promise<Omit<ImageSource, 'close'>> {
  const images = objects(parseJson(await archive.read('manifest.json'), 'manifest.json'));
  const [only] = images;
  if (only === undefined || images.length !== 1) {
    throw failure('archive-invalid', `manifest.json names ${images.length} images, expected 1.`);
  }
  const configBytes = await archive.read(text(only['Config']));
  const config = describe(configType, configBytes);
  const paths = texts(only['Layers']) ?? [];
  const diffIds =
    texts(object(object(parseJson(configBytes, 'the configuration'))['rootfs'])['diff_ids']) ?? [];
  if (paths.length !== diffIds.length) {
    throw failure(
      'archive-invalid',
      `manifest.json names ${paths.length} layers, the configuration ${diffIds.length}.`,
    );
  }
  const parts = new Map<string, ArchivePart>();
  const layers: Descriptor[] = [];
  for (const [index, path] of paths.entries()) {
    const { descriptor, part } = await describeLayer(archive, path, diffIds[index]);
    layers.push(descriptor);
    parts.set(descriptor.digest, part);
  }
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers }));
  const root = describe(manifestType, manifest);
  const documents = new Map([
    [root.digest, manifest],
    [config.digest, configBytes],
  ]);
  return {
    root: { descriptor: root, entry: {} },
    identity: config.digest,
    async open({ digest }) {
      const part = parts.get(digest);
      if (part !== undefined) return archive.stream(part);
      const document = documents.get(digest);
      if (document === undefined) throw failure('blob-missing', `Blob ${digest} is missing in the archive.`);
      return Readable.from([document]);
    },
  };
}

function describe(mediaType: string, bytes: Uint8Array): Descriptor {
  return {
    mediaType,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    size: bytes.length,
  };
}

async function describeLayer(
  archive: ArchiveFile,
  path: string,
  diffId: unknown,
): Promise<{ readonly descriptor: Descriptor; readonly part: ArchivePart }> {
  const part = archive.index.find(path);
  if (part === null)
    throw failure('blob-missing', `Layer ${JSON.stringify(path)} is missing in the archive.`);
  if (!isDigest(diffId))
    throw failure('layout-invalid', 'The configuration names something else than digests.');
  const packing = packingOf(await archive.head(part));
  const mediaType = packing === 'none' ? layerType : `${layerType}+${packing}`;
  const digest = packing === 'none' ? diffId : await digestOf(archive.stream(part));
  return { descriptor: { mediaType, digest, size: part.size }, part };
}

/** Some tools put packed layers into such an archive; nothing there says their digest. */
async function digestOf(stream: Readable): Promise<`sha256:${string}`> {
  const hash = createHash('sha256');
  for await (const chunk of stream as AsyncIterable<Buffer>) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
