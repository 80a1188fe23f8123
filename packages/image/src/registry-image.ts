// An image of a registry. Layers pass through a temporary file each, so that a broken download is simply done again.
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '@headgate/kit/clock';
import type { Core } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { Http } from '@headgate/kit/http';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { indexTypes, manifestTypes } from '@headgate/kit/registry/media-types';
import { createPersistence } from '@headgate/kit/registry/persistence';
import type { ImageName } from '@headgate/kit/registry/reference';
import {
  createRegistry,
  type Persist,
  type Registry,
  type RemoteManifest,
} from '@headgate/kit/registry/registry';
import type { Repository } from '@headgate/kit/registry/repository';
import { createTransport } from '@headgate/kit/registry/transport';
import { downloadBlob } from './blob-download.js';
import { dockerAccount } from './docker-account.js';
import { failure } from './failures.js';
import { parseImageReference } from './image-reference.js';
import type { ImageSource } from './image-source.js';

export interface RegistryDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** 0 to below 1: for pauses that do not meet. */
  readonly random: () => number;
  /** Hears of attempts that failed. */
  readonly core: Pick<Core, 'info'>;
  /** DOCKER_CONFIG and HOME say where the login is kept. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An existing folder; what is downloaded lies in a folder of its own below it, and goes with the source. */
  readonly temporary: string;
  readonly signal: AbortSignal;
}

/**
 * Looks up what the name means and reads blobs on demand, logged in as `docker login` has left it.
 * @throws ActionError `image-name-invalid`, `image-not-found`, `blob-mismatch`, and kit's `registry-…` codes
 */
export async function openRegistryImage(name: string, deps: RegistryDeps): Promise<ImageSource> {
  const { image, reference } = parseImageReference(name);
  const credentials = await dockerAccount(image.host, deps.env);
  const { http, clock, signal } = deps;
  const transport = createTransport({ image, credentials, actions: 'pull', http, now: () => clock.now() });
  const repository: Repository = { image, transport, signal };
  const persist = helpfully(image, createPersistence(image.host, deps));
  const registry = createRegistry({ ...repository, persist });
  const found = await findManifest(registry, reference);
  const folder = await mkdtemp(join(deps.temporary, 'blobs-'));
  return {
    root: { descriptor: { ...found, size: found.bytes.length }, entry: {} },
    open: async (descriptor) => {
      if (indexTypes.has(descriptor.mediaType) || manifestTypes.has(descriptor.mediaType)) {
        return Readable.from([Buffer.from((await findManifest(registry, descriptor.digest)).bytes)]);
      }
      const path = join(folder, descriptor.digest.slice('sha256:'.length));
      await persist(`download ${descriptor.digest}`, () => downloadBlob(repository, descriptor, path));
      return createReadStream(path, { highWaterMark: 1 << 18 }).once('close', () => {
        void rm(path, { force: true });
      });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

type Found = Pick<Descriptor, 'mediaType' | 'digest'> & Pick<RemoteManifest, 'bytes'>;

/** @throws ActionError `image-not-found`, `blob-mismatch` for another manifest than the digest asked for */
async function findManifest({ image, ...registry }: Registry, reference: string): Promise<Found> {
  const found = await registry.findManifest(reference);
  const separator = reference.startsWith('sha256:') ? '@' : ':';
  if (found === null)
    throw failure('image-not-found', `${image.host} has no ${image.name}${separator}${reference}.`);
  if (separator === '@' && found.digest !== reference) {
    throw failure(
      'blob-mismatch',
      `${image.host} answered ${found.digest} where ${reference} was asked for.`,
    );
  }
  return { mediaType: found.mediaType, digest: found.digest as Descriptor['digest'], bytes: found.bytes };
}

/** Kit's advice is for actions that push; whoever looks at an image has `docker login`. */
function helpfully(image: ImageName, persist: Persist): Persist {
  return async (what, call) => {
    try {
      return await persist(what, call);
    } catch (error) {
      if (!(error instanceof ActionError) || error.code !== 'registry-auth') throw error;
      const hint = `Run docker login ${image.host} with an account that may pull ${image.name}.`;
      throw new ActionError({ code: error.code, message: error.message, hint, cause: error });
    }
  };
}
