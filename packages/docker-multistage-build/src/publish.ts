// From a layout to a registry: blobs, manifests by digest, proof by reading back, and only then the tags.
import { readFile } from 'node:fs/promises';
import { blobPath, type ImageLayout } from '@headgate/image/layout';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import type { Registry, RemoteManifest } from '@headgate/kit/registry/registry';
import { failure } from './failures.js';

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
  /** What moving tags named when the image was judged; one that another run has moved since is a conflict. */
  readonly seen?: SeenTags;
}

/** By tag its digest; null for one that did not exist. */
export type SeenTags = ReadonlyMap<string, string | null>;

/** What tags name now, to be told later whether they have moved. */
export async function lookUpTags(tags: readonly string[], registry: Registry): Promise<SeenTags> {
  const seen = new Map<string, string | null>();
  for (const tag of tags) seen.set(tag, (await registry.findManifest(tag))?.digest ?? null);
  return seen;
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
  const found = await registry.awaitManifest(layout.root.digest, null);
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
  await checkMovingTags(tags.seen ?? new Map(), manifest.digest, registry);
  const wanted = [...new Set([...tags.fixed, ...tags.moving])];
  for (const tag of wanted) {
    const before = await registry.findManifest(tag);
    if (before?.digest === manifest.digest) continue;
    await registry.putManifest({ reference: tag, mediaType: manifest.mediaType, bytes: manifest.bytes });
    const after = await registry.awaitManifest(tag, before?.digest ?? null);
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

/** A tag that moved while this image was made belongs to another run, maybe of a newer commit. */
async function checkMovingTags(seen: SeenTags, digest: string, registry: Registry): Promise<void> {
  for (const [tag, before] of seen) {
    const now = (await registry.findManifest(tag))?.digest ?? null;
    if (now === before || now === digest) continue;
    throw failure(
      'tag-conflict',
      `The tag ${tag} of ${registry.image.name} was moved from ${before ?? 'nothing'} to ${now ?? 'nothing'} meanwhile; this image is ${digest}.`,
      'Give runs of one branch a concurrency group; run the job again if this image is the newer one.',
    );
  }
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
