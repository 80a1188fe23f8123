// What is promoted: one digest of one repository, and every manifest and blob below it.

import { readDescriptor } from '@headgate/image/descriptor';
import { type Json, object, objects, parseJson } from '@headgate/image/json';
import { InputError } from '@headgate/kit/errors';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { indexTypes } from '@headgate/kit/registry/media-types';
import { type ImageName, isDigest, parseImageName } from '@headgate/kit/registry/reference';
import type { Registry, RemoteManifest } from '@headgate/kit/registry/registry';
import { failure } from './failures.js';

export interface SourceReference {
  readonly image: ImageName;
  readonly digest: `sha256:${string}`;
}

/** One manifest and what it names, children before parents in a list of them. */
export interface SourceManifest {
  readonly manifest: RemoteManifest;
  readonly document: Json;
  /** Configuration and layers; those that lie elsewhere (`urls`) are left where they are. */
  readonly blobs: readonly Descriptor[];
}

const deepestIndex = 3;
const mostManifests = 1_000;

/**
 * `host/repository@sha256:…`, with a tag before the @ or not, or `sha256:…` alone for a digest of `image`.
 * @throws InputError; a tag alone may name another image by the time it is read
 */
export function parseSource(text: string, image: ImageName | null): SourceReference {
  const at = text.lastIndexOf('@');
  const digest = text.slice(at + 1);
  if (!isDigest(digest)) {
    throw new InputError(
      'image-ref',
      `a digest was expected, "${text.slice(0, 200)}" names none`,
      'Give the output image-ref of the build, host/repository@sha256:…: a tag may name another image by then.',
    );
  }
  if (at < 0 && image === null)
    throw new InputError(
      'image-ref',
      'it is a digest alone, and no image was named',
      'Give `image`, or write host/repository@sha256:….',
    );
  if (at < 0 && image !== null) return { image, digest };
  const name = text.slice(0, at);
  const colon = name.lastIndexOf(':');
  return { image: parseName(colon > name.lastIndexOf('/') ? name.slice(0, colon) : name), digest };
}

function parseName(text: string): ImageName {
  try {
    return parseImageName(text);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError('image-ref', cause.message.replace(/^image: /, ''), cause.hint, cause);
  }
}

/**
 * Reads a manifest and all below it by digest, each checked against it.
 * @returns children first, the one named last; null when the registry has none of that digest
 * @throws ActionError `push-mismatch` for other bytes than the digest names, `layout-invalid` for what is no image
 */
export async function readSource(
  registry: Registry,
  digest: string,
): Promise<readonly SourceManifest[] | null> {
  const found: SourceManifest[] = [];
  const seen = new Set<string>();
  const walk = async (reference: string, depth: number): Promise<boolean> => {
    if (seen.has(reference)) return true;
    seen.add(reference);
    if (depth > deepestIndex || seen.size > mostManifests)
      throw unreadable(registry, digest, 'its indexes are nested too deeply or hold too many manifests');
    const manifest = await registry.findManifest(reference);
    if (manifest === null) return false;
    if (manifest.digest !== reference) throw otherBytes(registry, reference, manifest.digest);
    const document = object(parseJson(manifest.bytes, reference));
    const mediaType = manifest.mediaType || String(document['mediaType']);
    if (indexTypes.has(mediaType)) {
      for (const child of objects(document['manifests']).map(readDescriptor)) {
        if (!(await walk(child.digest, depth + 1)))
          throw unreadable(registry, digest, `${child.digest}, which it names, is not there`);
      }
    }
    found.push({ manifest: { ...manifest, mediaType }, document, blobs: blobsOf(document) });
    return true;
  };
  return (await walk(digest, 0)) ? found : null;
}

function blobsOf(document: Json): readonly Descriptor[] {
  const config = document['config'] === undefined ? [] : [object(document['config'])];
  return [...objects(document['layers']), ...config]
    .filter((entry) => !Array.isArray(entry['urls']))
    .map(readDescriptor);
}

function unreadable({ image }: Registry, digest: string, problem: string): Error {
  return failure(
    'layout-invalid',
    `${image.name}@${digest} cannot be promoted: ${problem}.`,
    'Build and publish the image again.',
  );
}

export function otherBytes({ image }: Registry, wanted: string, found: string | null): Error {
  return failure(
    'push-mismatch',
    `${image.name} was asked for ${wanted} and returns ${found ?? 'nothing'}.`,
    'Look for what changes content between the runner and the registry.',
  );
}
