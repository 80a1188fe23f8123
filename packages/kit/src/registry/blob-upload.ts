// One blob into a registry: asked for first, then POST and one PUT streamed from its file.
import { createReadStream, type ReadStream } from 'node:fs';
import type { Descriptor } from './descriptor.js';
import { header } from './fault.js';
import { checkEcho, type Repository, repositoryUrl, unexpected } from './repository.js';

/** A blob's answer comes after its last byte: ten minutes for slow storage behind a slow line. */
const uploadTimeoutMs = 600_000;
const tidyTimeoutMs = 5_000;

export interface Blob {
  readonly descriptor: Descriptor;
  readonly path: string;
}

/**
 * Uploads a blob in one piece unless the registry has it.
 * A started upload that cannot be finished is taken back.
 */
export async function putBlob(options: Repository, blob: Blob): Promise<'present' | 'uploaded'> {
  if (await hasBlob(options, blob.descriptor)) return 'present';
  const { transport, image, signal } = options;
  const opened = await transport.send({
    method: 'POST',
    url: `${repositoryUrl(image)}/blobs/uploads/`,
    headers: { 'content-length': '0' },
    signal,
  });
  const location = header(opened, 'location');
  opened.body.destroy();
  if (opened.status !== 202 || location === null) throw unexpected(image, 'POST blobs/uploads/', opened);
  const target = new URL(location, image.origin);
  try {
    await fillUpload(options, { ...blob, target });
  } catch (problem) {
    await abandon(options, target);
    throw problem;
  }
  return 'uploaded';
}

export async function hasBlob(options: Repository, descriptor: Descriptor): Promise<boolean> {
  const url = `${repositoryUrl(options.image)}/blobs/${descriptor.digest}`;
  const response = await options.transport.send({ method: 'HEAD', url, signal: options.signal });
  response.body.destroy();
  // Registries in front of object storage answer with a redirect to the bytes.
  if (response.status === 404) return false;
  if (response.status !== 200 && response.status !== 307 && response.status !== 302) {
    throw unexpected(options.image, `HEAD blobs/${descriptor.digest}`, response);
  }
  const length = header(response, 'content-length');
  return response.status !== 200 || length === null || Number(length) === descriptor.size;
}

async function fillUpload(options: Repository, upload: Blob & { readonly target: URL }): Promise<void> {
  const { descriptor, path, target } = upload;
  const filled = new URL(target);
  filled.searchParams.set('digest', descriptor.digest);
  const opened: ReadStream[] = [];
  const read = (): ReadStream => {
    const stream = createReadStream(path, { highWaterMark: 1 << 18 });
    opened.push(stream);
    return stream;
  };
  try {
    const response = await options.transport.send({
      method: 'PUT',
      url: filled.href,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(descriptor.size) },
      body: read,
      signal: options.signal,
      timeoutMs: uploadTimeoutMs,
    });
    response.body.destroy();
    if (response.status !== 201 && response.status !== 204)
      throw unexpected(options.image, 'PUT of a blob', response);
    checkEcho(options.image, descriptor.digest, response);
  } finally {
    // An answer that comes before the last byte leaves the file open.
    for (const stream of opened) stream.destroy();
  }
}

/** Takes a started upload back. Best effort: a registry that never answers drops it by itself. */
export async function abandon(options: Repository, target: URL): Promise<void> {
  const signal = AbortSignal.timeout(tidyTimeoutMs);
  const response = await options.transport
    .send({ method: 'DELETE', url: target.href, signal, timeoutMs: tidyTimeoutMs })
    .catch(() => null);
  response?.body.destroy();
}
