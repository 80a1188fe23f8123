// Publishing as the leg sees it: the registry of the image, what is pushed to it, and which tags end up where.

import type { ImageLayout } from '@headgate/image/layout';
import type { Deps } from '@headgate/kit/deps';
import { formatBytes } from '@headgate/kit/quantities';
import { type AccountInputs, findCredentials } from '@headgate/kit/registry/account';
import type { Credentials } from '@headgate/kit/registry/login';
import { createPersistence, type PersistenceDeps } from '@headgate/kit/registry/persistence';
import type { ImageName } from '@headgate/kit/registry/reference';
import { createRegistry, type Registry, type RemoteManifest } from '@headgate/kit/registry/registry';
import { createTransport, type RegistryTransport } from '@headgate/kit/registry/transport';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { checkFixedTags, lookUpTags, pushLayout, putTags, type Tags } from './publish.js';
import type { Signer } from './signer.js';

/** The registry that `image` names, with the credentials given or those of `docker login`; nothing is sent yet. */
export async function openRegistry(
  image: ImageName,
  inputs: Inputs,
  deps: Deps & Pick<PersistenceDeps, 'onRetry'>,
): Promise<Registry> {
  const transport = await openTransport(image, inputs, deps);
  return createRegistry({
    image,
    transport,
    persist: createPersistence(image.host, deps),
    signal: deps.signal,
  });
}

export async function openTransport(
  image: ImageName,
  inputs: AccountInputs,
  deps: Deps,
): Promise<RegistryTransport> {
  return createTransport({
    image,
    credentials: findCredentials(image, inputs) ?? (await dockerLogin(image, deps)),
    actions: 'pull,push',
    http: deps.http,
    now: () => deps.clock.now(),
  });
}

/** Loaded only where no other login is given. */
async function dockerLogin({ host }: ImageName, deps: Deps): Promise<Credentials | null> {
  const { findDockerLogin } = await import('./docker-login.js');
  return await findDockerLogin(host, deps);
}

/** One repository and the tags it gets. */
export interface Place {
  readonly registry: Registry;
  readonly tags: Tags;
}

export interface PublicationTools {
  readonly journal: Journal;
  readonly core: Deps['core'];
}

export interface SigningTools extends PublicationTools {
  /** Null where nothing is signed. */
  readonly signer: Signer | null;
}

export interface Published {
  /** The tags put, those of other repositories than the first as full references. */
  readonly tags: readonly string[];
  /** `host/repository@sha256:…` of what holds the signature in the first repository; null without one. */
  readonly signature: string | null;
}

interface Pushed {
  readonly place: Place;
  readonly manifest: RemoteManifest;
}

/** Every repository the image goes to, `image` first; empty when nothing is to be published. */
export async function openPlaces(
  inputs: Inputs,
  deps: Deps & Pick<PersistenceDeps, 'onRetry'>,
): Promise<readonly Place[]> {
  if (!inputs.publish || inputs.image === null) return [];
  const first = { image: inputs.image, fixed: inputs.tags, moving: inputs.movingTags };
  const places: Place[] = [];
  for (const { image, ...tags } of [first, ...inputs.elsewhere])
    places.push({ registry: await openRegistry(image, inputs, deps), tags });
  return places;
}

/** Checks the fixed tags, pushes by digest everywhere, signs what was pushed, and only then tags. */
export async function publishLayout(
  layout: ImageLayout,
  places: readonly Place[],
  tools: SigningTools,
): Promise<Published> {
  const { digest } = layout.root;
  const seen: Place[] = [];
  for (const { registry, tags } of places) {
    await checkFixedTags(tags.fixed, digest, registry);
    seen.push({ registry, tags: { ...tags, seen: await lookUpTags(tags.moving, registry) } });
  }
  const pushed: Pushed[] = [];
  for (const place of seen) {
    const report = await tools.journal.time('push', () => pushLayout(layout, place.registry));
    tools.core.info(
      `Pushed ${place.registry.image.name}@${digest}: ${report.uploaded} blobs (${formatBytes(report.bytes)}) sent, ${report.present} were there.`,
    );
    pushed.push({ place, manifest: report.manifest });
  }
  return await releasePushed(pushed, tools);
}

/** Signs what each registry holds, everywhere before the first tag is put: nobody pulls an unsigned image by a tag. */
export async function releasePushed(pushed: readonly Pushed[], tools: SigningTools): Promise<Published> {
  const { signer, journal, core } = tools;
  const signatures: string[] = [];
  for (const { place, manifest } of pushed) {
    if (signer === null) break;
    const signature = await journal.time('sign', () => signer.sign(place.registry, manifest.digest));
    core.info(`Signed ${place.registry.image.name}@${manifest.digest}: ${signature}.`);
    signatures.push(signature);
  }
  return { tags: await tagEverywhere(pushed, tools), signature: signatures[0] ?? null };
}

/** Puts the tags on what each registry holds. @returns the tags put, as `Published` has them */
export async function tagEverywhere(
  pushed: readonly Pushed[],
  tools: PublicationTools,
): Promise<readonly string[]> {
  const all: string[] = [];
  for (const [index, { place, manifest }] of pushed.entries()) {
    const put = await tagManifest(manifest, place, tools);
    all.push(...put.map((tag) => (index === 0 ? tag : `${place.registry.image.name}:${tag}`)));
  }
  return all;
}

/** Puts the tags on what the registry holds. @returns the tags put. */
async function tagManifest(
  manifest: RemoteManifest,
  { registry, tags }: Place,
  { journal, core }: PublicationTools,
): Promise<readonly string[]> {
  const put = await journal.time('tag', () => putTags(tags, manifest, registry));
  core.info(put.length === 0 ? 'No tag was asked for.' : `Tagged ${manifest.digest} as ${put.join(', ')}.`);
  return put;
}
