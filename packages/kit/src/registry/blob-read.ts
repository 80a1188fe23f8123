// One small blob into memory, proved to be what its descriptor says.
import { createHash } from 'node:crypto';
import type { HttpResponse } from '../http.js';
import type { Descriptor } from './descriptor.js';
import { header, TransientFault } from './fault.js';
import { isLoopback } from './reference.js';
import { type Repository, repositoryUrl, unexpected } from './repository.js';

const mostRedirects = 5;

/**
 * The bytes of a blob, at most `descriptor.size` of them.
 * @returns null when the registry has none, or others than the descriptor names
 * @throws TransientFault when the answer breaks off
 */
export async function readBlob(options: Repository, descriptor: Descriptor): Promise<Uint8Array | null> {
  const response = await request(options, descriptor);
  if (response === null) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > descriptor.size) return null;
      chunks.push(chunk);
    }
  } catch (cause) {
    options.signal.throwIfAborted();
    throw new TransientFault(`${descriptor.digest} broke off after ${size} bytes`, null, cause);
  } finally {
    response.body.destroy();
  }
  const bytes = Buffer.concat(chunks);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return digest === descriptor.digest ? bytes : null;
}

/** Registries send on to their storage; the transport keeps credentials from it. Null for a blob that is not there. */
async function request(options: Repository, { digest }: Descriptor): Promise<HttpResponse | null> {
  const { image, transport, signal } = options;
  let url = `${repositoryUrl(image)}/blobs/${digest}`;
  for (let turn = 0; turn <= mostRedirects; turn += 1) {
    const response = await transport.send({ method: 'GET', url, signal });
    if (response.status === 200) return response;
    response.body.destroy();
    if (response.status === 404) return null;
    const location = header(response, 'location') ?? '';
    const next = URL.canParse(location, url) ? new URL(location, url) : null;
    const isSafe = next !== null && (next.protocol === 'https:' || isLoopback(next.host));
    if (response.status < 300 || !isSafe) throw unexpected(image, `GET blobs/${digest}`, response);
    url = next.href;
  }
  return null;
}
