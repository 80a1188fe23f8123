// The few calls of the OCI distribution specification that publishing needs, each repeated while a fault may pass.
import { createHash } from 'node:crypto';
import { mountBlob } from './blob-mount.js';
import { readBlob } from './blob-read.js';
import { putBlob } from './blob-upload.js';
import type { Descriptor } from './descriptor.js';
import { TransientFault } from './fault.js';
import { acceptedManifests } from './media-types.js';
import type { ImageName } from './reference.js';
import { checkEcho, contentType, type Repository, repositoryUrl, unexpected } from './repository.js';

export interface RemoteManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface ManifestUpload {
  /** A digest or a tag. */
  readonly reference: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface Registry {
  readonly image: ImageName;
  /** The manifest a tag or digest names, its bytes hashed here; null when there is none. */
  findManifest(reference: string): Promise<RemoteManifest | null>;
  /**
   * The same for what was just put: a registry may show it late. Looked up again while there is nothing, or still what
   * was there before. @param stale digest the reference had before; null when it had none
   */
  awaitManifest(reference: string, stale: string | null): Promise<RemoteManifest | null>;
  /**
   * Takes a blob over from another repository of the registry (distribution specification 1.1, "Mounting a blob").
   * False when the registry does not do it, for whatever reason: then it must be uploaded.
   */
  mountBlob(descriptor: Descriptor, fromRepository: string): Promise<boolean>;
  /** A small blob in memory; null when the registry has none, or others than the descriptor names. */
  readBlob(descriptor: Descriptor): Promise<Uint8Array | null>;
  /** Uploads a blob unless the registry has it. A partial upload is taken back on cancel. */
  putBlob(descriptor: Descriptor, path: string): Promise<'present' | 'uploaded'>;
  /** @returns the digest under which the registry keeps it. */
  putManifest(upload: ManifestUpload): Promise<string>;
}

/** Repeats a call while its faults may pass, reporting each attempt. */
export type Persist = <T>(what: string, call: () => Promise<T>) => Promise<T>;

const largestManifest = 4 * 1024 * 1024;
export interface RegistryOptions extends Repository {
  readonly persist: Persist;
}

/** Calls on one repository. */
export function createRegistry(options: RegistryOptions): Registry {
  const { image, persist } = options;
  return {
    image,
    findManifest: (reference) => persist(`look up ${reference}`, () => findManifest(options, reference)),
    awaitManifest: (reference, stale) => awaitManifest(options, reference, stale),
    mountBlob: (descriptor, fromRepository) =>
      persist(`mount ${descriptor.digest}`, () => mountBlob(options, descriptor, fromRepository)),
    readBlob: (descriptor) => persist(`read ${descriptor.digest}`, () => readBlob(options, descriptor)),
    putBlob: (descriptor, path) =>
      persist(`upload ${descriptor.digest}`, () => putBlob(options, { descriptor, path })),
    putManifest: (upload) => persist(`publish ${upload.reference}`, () => putManifest(options, upload)),
  };
}

async function findManifest(options: Repository, reference: string): Promise<RemoteManifest | null> {
  const response = await options.transport.send({
    method: 'GET',
    url: `${repositoryUrl(options.image)}/manifests/${reference}`,
    headers: { accept: acceptedManifests },
    signal: options.signal,
  });
  if (response.status === 404) {
    response.body.destroy();
    return null;
  }
  if (response.status !== 200) throw unexpected(options.image, `GET manifests/${reference}`, response);
  const bytes = Buffer.from(await response.text(largestManifest));
  return {
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    mediaType: contentType(response),
    bytes,
  };
}

async function awaitManifest(
  options: RegistryOptions,
  reference: string,
  stale: string | null,
): Promise<RemoteManifest | null> {
  let seen: RemoteManifest | null = null;
  let late = false;
  const look = async (): Promise<RemoteManifest> => {
    late = false;
    seen = await findManifest(options, reference);
    late = seen === null || seen.digest === stale;
    if (seen === null || late) throw new TransientFault(`it shows ${seen?.digest ?? 'nothing'} yet`, null);
    return seen;
  };
  try {
    return await options.persist(`see ${reference}`, look);
  } catch (problem) {
    options.signal.throwIfAborted();
    if (late) return seen;
    throw problem;
  }
}

async function putManifest(options: Repository, upload: ManifestUpload): Promise<string> {
  const digest = `sha256:${createHash('sha256').update(upload.bytes).digest('hex')}`;
  const response = await options.transport.send({
    method: 'PUT',
    url: `${repositoryUrl(options.image)}/manifests/${upload.reference}`,
    headers: { 'content-type': upload.mediaType, 'content-length': String(upload.bytes.length) },
    body: () => upload.bytes,
    signal: options.signal,
  });
  response.body.destroy();
  if (response.status !== 201 && response.status !== 200)
    throw unexpected(options.image, `PUT manifests/${upload.reference}`, response);
  checkEcho(options.image, digest, response);
  return digest;
}
