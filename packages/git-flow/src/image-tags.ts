// The version as a tag of the images that were promoted: the same digest under one more name, never moved.
import type { Deps } from '@headgate/kit/deps';
import type { ImagePart } from '@headgate/kit/record-parts';
import { findCredentials } from '@headgate/kit/registry/account';
import { openRegistry } from '@headgate/kit/registry/open-registry';
import { parseImageName } from '@headgate/kit/registry/reference';
import type { Registry, RemoteManifest } from '@headgate/kit/registry/registry';
import type { SecretMap } from '@headgate/kit/secrets';
import { failure } from './failures.js';

export interface RegistryAccess {
  readonly buildSecrets: SecretMap;
  /** Who logs in to a registry; null where nobody was named. */
  usernameOf(host: string): string | null;
  readonly githubToken: string;
}

export interface TaggedImage {
  readonly name: string;
  /** `host/repository:tag` */
  readonly reference: string;
  readonly digest: string;
  /** False when the tag was there already. */
  readonly made: boolean;
}

/** One image that gets the tag. */
interface Candidate {
  readonly image: ImagePart;
  readonly registry: Registry;
  readonly manifest: RemoteManifest;
  /** The tag is on this digest already. */
  readonly done: boolean;
}

/**
 * Puts `tag` on the published images. All are looked at before the first one is tagged; what is tagged already is left
 * alone, so it may be called again.
 * @throws {ActionError} `image-tag-conflict`, `image-missing`, and the registry's own codes
 */
export async function tagImages(
  images: readonly ImagePart[],
  tag: string,
  { access, deps }: { readonly access: RegistryAccess; readonly deps: Deps },
): Promise<readonly TaggedImage[]> {
  const candidates: Candidate[] = [];
  for (const image of images) {
    if (image.reference === null) continue;
    const registry = registryOf(image.reference, access, deps);
    candidates.push(await inspect(image, registry, tag));
  }
  const tagged: TaggedImage[] = [];
  for (const { image, registry, manifest, done } of candidates) {
    if (!done) await put(registry, manifest, tag);
    const reference = `${registry.image.name}:${tag}`;
    tagged.push({ name: image.name, reference, digest: image.digest, made: !done });
    deps.core.info(`${reference} is ${image.digest}${done ? ', as it was' : ''}`);
  }
  return tagged;
}

function registryOf(reference: string, access: RegistryAccess, deps: Deps): Registry {
  const image = parseImageName(reference.replace(/@.*$/, ''));
  const { buildSecrets, githubToken } = access;
  const registryUsername = access.usernameOf(image.host);
  const credentials = findCredentials(image, { buildSecrets, registryUsername, githubToken });
  return openRegistry({ image, credentials, actions: 'pull,push' }, deps);
}

async function inspect(image: ImagePart, registry: Registry, tag: string): Promise<Candidate> {
  const { name } = registry.image;
  const manifest = await registry.findManifest(image.digest);
  if (manifest?.digest !== image.digest) {
    const message = `${name} was expected to hold ${image.digest}, which staging ran; it returns ${manifest?.digest ?? 'nothing'}`;
    const hint =
      'See that the registry keeps untagged or old images; push the release branch at this commit to publish it again.';
    throw failure('image-missing', message, hint);
  }
  const before = await registry.findManifest(tag);
  if (before !== null && before.digest !== image.digest)
    throw conflict(name, { tag, wanted: image.digest, found: before.digest });
  return { image, registry, manifest, done: before !== null };
}

async function put(
  registry: Registry,
  { digest, mediaType, bytes }: RemoteManifest,
  tag: string,
): Promise<void> {
  await registry.putManifest({ reference: tag, mediaType, bytes });
  const after = await registry.awaitManifest(tag, null);
  if (after?.digest === digest) return;
  throw conflict(registry.image.name, { tag, wanted: digest, found: after?.digest ?? 'nothing' });
}

function conflict(
  name: string,
  { tag, wanted, found }: { readonly tag: string; readonly wanted: string; readonly found: string },
): Error {
  const message = `${name}:${tag} was expected to be absent or ${wanted}; it is ${found}`;
  const hint = `A released version never moves: release the next number. If ${tag} was pushed by mistake, delete it in the registry, then re-run the failed jobs.`;
  return failure('image-tag-conflict', message, hint);
}
