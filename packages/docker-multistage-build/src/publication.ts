// Publishing as the leg sees it: the registry of the image, what is pushed to it, and which tags end up where.
import type { Deps } from '@headgate/kit/deps';
import { findCredentials } from '@headgate/kit/registry/account';
import { createPersistence } from '@headgate/kit/registry/persistence';
import type { ImageName } from '@headgate/kit/registry/reference';
import { createRegistry, type Registry, type RemoteManifest } from '@headgate/kit/registry/registry';
import { createTransport } from '@headgate/kit/registry/transport';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import type { ImageLayout } from './layout.js';
import { checkFixedTags, pushLayout, putTags, type Tags } from './publish.js';
import { formatBytes } from './sizes.js';

/** The registry that `image` names, with the credentials given; nothing is sent yet. */
export function openRegistry(image: ImageName, inputs: Inputs, deps: Deps): Registry {
  const transport = createTransport({
    image,
    credentials: findCredentials(image, inputs),
    actions: 'pull,push',
    http: deps.http,
    now: () => deps.clock.now(),
  });
  return createRegistry({
    image,
    transport,
    persist: createPersistence(image.host, deps),
    signal: deps.signal,
  });
}

export interface Publication {
  readonly registry: Registry;
  readonly tags: Tags;
  readonly journal: Journal;
  readonly core: Deps['core'];
}

/** Checks the fixed tags, pushes by digest, and tags last. @returns the tags put. */
export async function publishLayout(
  layout: ImageLayout,
  publication: Publication,
): Promise<readonly string[]> {
  const { registry, tags, journal, core } = publication;
  await checkFixedTags(tags.fixed, layout.root.digest, registry);
  const report = await journal.time('push', () => pushLayout(layout, registry));
  core.info(
    `Pushed ${registry.image.name}@${layout.root.digest}: ${report.uploaded} blobs (${formatBytes(report.bytes)}) sent, ${report.present} were there.`,
  );
  return await tagManifest(report.manifest, publication);
}

/** Puts the tags on what the registry holds. @returns the tags put. */
export async function tagManifest(
  manifest: RemoteManifest,
  { registry, tags, journal, core }: Publication,
): Promise<readonly string[]> {
  const put = await journal.time('tag', () => putTags(tags, manifest, registry));
  core.info(put.length === 0 ? 'No tag was asked for.' : `Tagged ${manifest.digest} as ${put.join(', ')}.`);
  return put;
}
