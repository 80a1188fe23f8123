// Outputs by which later steps name and weigh the image, whether it was built, taken over or promoted.
import { readFile } from 'node:fs/promises';
import { platformOf } from '@headgate/image/image-manifest';
import { object, objects, parseJson } from '@headgate/image/json';
import type { ImageLayout } from '@headgate/image/layout';
import { jsonOutput } from '@headgate/kit/json-output';
import type { PlatformSize } from '@headgate/kit/record-parts';
import { isDigest } from '@headgate/kit/registry/reference';
import type { RemoteManifest } from '@headgate/kit/registry/registry';
import type { Redactor } from '@headgate/kit/secrets';

export interface ImageIdentity {
  /** Digest of the configuration; empty for several platforms. */
  readonly imageId: string;
  /** Platform to digest of its manifest, attestations left out. */
  readonly platformDigests: Readonly<Record<string, string>>;
}

export function identityOfLayout({ manifests }: ImageLayout): ImageIdentity {
  const images = manifests.filter(({ platform }) => platform !== null);
  const [only] = images;
  return {
    imageId: images.length === 1 && only !== undefined ? only.config.digest : '',
    platformDigests: Object.fromEntries(
      images.map(({ platform, descriptor }) => [platform ?? '', descriptor.digest]),
    ),
  };
}

/**
 * The same of what a registry holds.
 * @param platforms of a bare manifest, which does not say its own
 */
export function identityOfManifest(
  { bytes, digest }: RemoteManifest,
  platforms: readonly PlatformSize[],
): ImageIdentity {
  const document = object(parseJson(bytes, digest));
  const children = objects(document['manifests']);
  if (children.length === 0) {
    const imageId = object(document['config'])['digest'];
    const platform = platforms[0]?.platform;
    return {
      imageId: isDigest(imageId) ? imageId : '',
      platformDigests: platform === undefined ? {} : { [platform]: digest },
    };
  }
  const named = children.flatMap((child) => {
    const platform = platformOf(object(child['platform']));
    return platform === null || !isDigest(child['digest']) ? [] : [[platform, child['digest']] as const];
  });
  return { imageId: '', platformDigests: Object.fromEntries(named) };
}

export function identityOutputs(
  { imageId, platformDigests }: ImageIdentity,
  sizes: readonly PlatformSize[],
): Readonly<Record<string, string>> {
  return {
    'image-id': imageId,
    imageid: imageId,
    'platform-digests': jsonOutput(platformDigests),
    sizes: jsonOutput(sizes),
  };
}

/** Half of what GitHub takes for one output: JSON escaping may double it. */
const longestMetadata = 256 * 1024;
const largestFile = 32 * 1024 * 1024;

/** The builder's own report as JSON without secrets; its longest members are left out where it is too long. */
export async function readMetadata(file: string, redactor: Redactor): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  if (text.length > largestFile) return jsonOutput({});
  let members: Readonly<Record<string, unknown>>;
  try {
    members = object(JSON.parse(text));
  } catch {
    return jsonOutput({});
  }
  const entries = Object.entries(members).sort((a, b) => lengthOf(a) - lengthOf(b));
  let left = longestMetadata;
  const kept = entries.filter((entry) => {
    left -= lengthOf(entry);
    return left >= 0;
  });
  return redactor.redact(jsonOutput(Object.fromEntries(kept)));
}

function lengthOf(entry: readonly [string, unknown]): number {
  return JSON.stringify(entry).length;
}
