// A blob that is passed on as it is, its bytes proved to be those its digest names.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { failure } from './failures.js';

export interface BlobOptions {
  /** What it got counts only when the promise has resolved. */
  readonly onBytes: (chunk: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/** @throws ActionError `blob-mismatch`; the signal's reason when aborted */
export async function readBlob(
  descriptor: Descriptor,
  blob: Readable,
  { onBytes, signal }: BlobOptions,
): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of blob as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    size += chunk.length;
    if (size > descriptor.size) break;
    hash.update(chunk);
    onBytes(chunk);
  }
  checkBlob(descriptor, size, `sha256:${hash.digest('hex')}`);
}

/** @throws ActionError `blob-mismatch` */
export function checkBlob(descriptor: Descriptor, size: number, digest: string): void {
  if (digest === descriptor.digest && size === descriptor.size) return;
  throw failure(
    'blob-mismatch',
    `Blob ${descriptor.digest} (${descriptor.size} bytes) holds ${size} bytes with digest ${digest}.`,
  );
}
