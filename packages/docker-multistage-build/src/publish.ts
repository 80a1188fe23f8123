// From a layout to a registry: blobs, manifests by digest, proof by reading back, and only then the tags.
import { readFile } from 'node:fs/promises';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import type { Registry, RemoteManifest } from '@headgate/kit/registry/registry';
import { failure } from './failures.js';
import { blobPath, type ImageLayout } from './layout.js';

export interface PushReport {
  readonly uploaded: number;
  /** Blobs the registry had already. */
  readonly present: number;
  /** Bytes sent. */
  readonly bytes: number;
  /** The root as the registry returned it. */
  readonly manifest: RemoteManifest;
}

export interface Tags {
  /** Never moved: at another digest they are a conflict. */
  readonly fixed: readonly string[];
  readonly moving: readonly string[];
}

/**
 * Pushes every blob and manifest without any tag and reads the root back.
 * @throws ActionError `push-mismatch` when the registry returns other bytes than were built
 */
export async function pushLayout(layout: ImageLayout, registry: Registry): Promise<PushReport> {
  let uploaded = 0;
  let present = 0;
  let bytes = 0;
  for (const blob of listBlobs(layout)) {
    if ((await registry.putBlob(blob, blobPath(layout.directory, blob.digest))) === 'present') {
      present += 1;
      continue;
    }
    uploaded += 1;
    bytes += blob.size;
  }
  for (const { descriptor } of layout.manifests) await putByDigest(layout, descriptor, registry);
  for (const index of layout.indexes) await putByDigest(layout, index, registry);
  const found = await registry.findManifest(layout.root.digest);
  if (found?.digest !== layout.root.digest) {
    throw failure(
      'push-mismatch',
      `${registry.image.name} was built as ${layout.root.digest}, but the registry returns ${found?.digest ?? 'nothing'} for it.`,
      'Run the job again; if it repeats, check what changes content between the runner and the registry.',
    );
  }
  return { uploaded, present, bytes, manifest: found };
}

/** Configurations and layers of all manifests, each once. */
function listBlobs(layout: ImageLayout): readonly Descriptor[] {
  const blobs = new Map<string, Descriptor>();
  for (const manifest of layout.manifests) {
    for (const blob of [...manifest.layers, manifest.config]) blobs.set(blob.digest, blob);
  }
  return [...blobs.values()];
}

async function putByDigest(layout: ImageLayout, descriptor: Descriptor, registry: Registry): Promise<void> {
  const bytes = await readFile(blobPath(layout.directory, descriptor.digest));
  await registry.putManifest({ reference: descriptor.digest, mediaType: descriptor.mediaType, bytes });
}

/**
 * Refuses fixed tags that already name another digest. Changes nothing.
 * @throws ActionError `tag-conflict` naming both digests
 */
export async function checkFixedTags(
  fixed: readonly string[],
  digest: string,
  registry: Registry,
): Promise<void> {
  for (const tag of fixed) {
    const found = await registry.findManifest(tag);
    if (found !== null && found.digest !== digest)
      throw conflict(registry, { tag, wanted: digest, found: found.digest });
  }
}

/**
 * Puts the tags on a digest that the registry holds. A tag already there is left alone; all fixed ones are checked before any is put.
 * @param manifest the root as the registry returned it
 * @returns the tags now naming the digest, fixed ones first
 * @throws ActionError `tag-conflict`, or `push-mismatch` when a tag does not name the digest afterwards
 */
export async function putTags(
  tags: Tags,
  manifest: RemoteManifest,
  registry: Registry,
): Promise<readonly string[]> {
  await checkFixedTags(tags.fixed, manifest.digest, registry);
  const wanted = [...new Set([...tags.fixed, ...tags.moving])];
  for (const tag of wanted) {
    const before = await registry.findManifest(tag);
    if (before?.digest === manifest.digest) continue;
    await registry.putManifest({ reference: tag, mediaType: manifest.mediaType, bytes: manifest.bytes });
    const after = await registry.findManifest(tag);
    if (after?.digest !== manifest.digest) {
      throw failure(
        'push-mismatch',
        `The tag ${tag} was put on ${manifest.digest}, but ${registry.image.name} shows ${after?.digest ?? 'nothing'} under it.`,
        'Another run may have moved the tag meanwhile; give runs of one branch a concurrency group.',
      );
    }
  }
  return wanted;
}

function conflict(
  registry: Registry,
  { tag, wanted, found }: { readonly tag: string; readonly wanted: string; readonly found: string },
): Error {
  return failure(
    'tag-conflict',
    `The tag ${tag} of ${registry.image.name} is fixed and names ${found}; this image is ${wanted}.`,
    `Raise the version, or list ${tag} in \`moving-tags\` if it may move.`,
  );
}
