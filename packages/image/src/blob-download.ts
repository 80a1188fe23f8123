// One blob of a registry into a file, proved to be what its descriptor says.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpResponse } from '@headgate/kit/http';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { header, TransientFault } from '@headgate/kit/registry/fault';
import { type ImageName, isLoopback } from '@headgate/kit/registry/reference';
import { type Repository, repositoryUrl, unexpected } from '@headgate/kit/registry/repository';
import { checkBlob } from './blob.js';
import { failure, isImageFailure } from './failures.js';

const mostRedirects = 5;

/**
 * Downloads anew each time; `path` is overwritten.
 * @throws ActionError `blob-missing`, `blob-mismatch`; TransientFault when it broke off
 */
export async function downloadBlob(
  repository: Repository,
  descriptor: Descriptor,
  path: string,
): Promise<void> {
  const response = await request(repository, descriptor);
  const hash = createHash('sha256');
  let size = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(size > descriptor.size ? tooLong(descriptor) : null, chunk);
    },
  });
  try {
    await pipeline(response.body, check, createWriteStream(path, { mode: 0o600 }), {
      signal: repository.signal,
    });
  } catch (cause) {
    repository.signal.throwIfAborted();
    if (isImageFailure(cause)) throw cause;
    throw new TransientFault(`${descriptor.digest} broke off after ${size} bytes`, null, cause);
  }
  if (size < descriptor.size)
    throw new TransientFault(`${descriptor.digest} ended after ${size} bytes`, null);
  checkBlob(descriptor, size, `sha256:${hash.digest('hex')}`);
}

function tooLong({ digest, size }: Descriptor): Error {
  return failure('blob-mismatch', `Blob ${digest} was expected to have ${size} bytes, more came.`);
}

/** Registries send clients on to their storage; the transport keeps credentials from it. */
async function request(
  { image, transport, signal }: Repository,
  { digest }: Descriptor,
): Promise<HttpResponse> {
  let url = `${repositoryUrl(image)}/blobs/${digest}`;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await transport.send({ method: 'GET', url, signal });
    if (response.status === 200) return response;
    if (response.status === 404) {
      response.body.destroy();
      throw failure('blob-missing', `${image.host} does not have blob ${digest} of ${image.name}.`);
    }
    url = nextUrl(image, url, response);
  }
  throw failure('link-unsafe', `${image.host} sends on more than ${mostRedirects} times for ${digest}.`);
}

function nextUrl(image: ImageName, url: string, response: HttpResponse): string {
  const location = header(response, 'location') ?? '';
  if (response.status < 300 || !URL.canParse(location, url)) throw unexpected(image, `GET ${url}`, response);
  response.body.destroy();
  const next = new URL(location, url);
  if (next.protocol === 'https:' || isLoopback(next.host)) return next.href;
  throw failure('link-unsafe', `${image.host} sends on to ${next.host} without encryption.`);
}
