// Where the bytes of an image lie: a folder, an archive, a registry.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { checkBlob } from './blob.js';
import { failure } from './failures.js';

export interface ImageSource {
  /**
   * The one thing that names the image: a manifest, an index, or (in docker-archives, which have no manifest) what takes
   * its place.
   */
  readonly root: RootEntry;
  /** Digest of the configuration, where it has to name the image because no manifest was kept. */
  readonly identity?: string;
  /**
   * The bytes of a blob, not yet checked. Each call reads anew.
   * @throws ActionError `blob-missing`, `link-unsafe`
   */
  open(descriptor: Descriptor): Promise<Readable>;
  /** Gets every document that was read and proved. */
  readonly onDocument?: (descriptor: Descriptor, bytes: Uint8Array) => void;
  /** Lets files and folders go that were made for reading. */
  close(): Promise<void>;
}

export interface RootEntry {
  readonly descriptor: Descriptor;
  /** As the layout's index.json has it, with platform and annotations; empty for a registry. */
  readonly entry: Readonly<Record<string, unknown>>;
}

const largestDocument = 4 * 1024 * 1024;

/**
 * A manifest, index or configuration, its bytes held against digest and size.
 * @throws ActionError `blob-missing`, `blob-mismatch`, `limit-exceeded` above 4 MiB
 */
export async function readDocument(
  source: Pick<ImageSource, 'open' | 'onDocument'>,
  descriptor: Descriptor,
): Promise<Uint8Array> {
  if (descriptor.size > largestDocument) {
    throw failure(
      'limit-exceeded',
      `${descriptor.digest} has ${descriptor.size} bytes, expected a document.`,
    );
  }
  const bytes = await collect(await source.open(descriptor), largestDocument);
  checkBlob(descriptor, bytes.length, `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  source.onDocument?.(descriptor, bytes);
  return bytes;
}

/** All bytes of a stream; one more than `limit` at most, so that too many show. */
export async function collect(stream: Readable, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) break;
  }
  return Buffer.concat(chunks);
}
