// One repository as a promotion uses it: blobs are mounted where the registry can, else carried over this machine.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Deps } from '@headgate/kit/deps';
import type { HttpResponse } from '@headgate/kit/http';
import type { AccountInputs } from '@headgate/kit/registry/account';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { exchange, header, isTransient, transient } from '@headgate/kit/registry/fault';
import { createPersistence } from '@headgate/kit/registry/persistence';
import type { ImageName } from '@headgate/kit/registry/reference';
import { createRegistry, type Persist, type Registry } from '@headgate/kit/registry/registry';
import { repositoryUrl, unexpected } from '@headgate/kit/registry/repository';
import type { RegistryTransport } from '@headgate/kit/registry/transport';
import { failure } from './failures.js';
import { openTransport } from './publication.js';

export interface Remote {
  readonly registry: Registry;
  readonly transport: RegistryTransport;
  readonly persist: Persist;
  readonly deps: Deps;
}

const mostRedirects = 3;
const answerTimeoutMs = 60_000;

export async function openRemote(image: ImageName, inputs: AccountInputs, deps: Deps): Promise<Remote> {
  const transport = await openTransport(image, inputs, deps);
  const persist = createPersistence(image.host, deps);
  const registry = createRegistry({ image, transport, persist, signal: deps.signal });
  return { registry, transport, persist, deps };
}

export type BlobPath = 'mounted' | 'present' | 'carried';

/** Brings one blob from a repository to another. */
export async function moveBlob(from: Remote, to: Remote, blob: Descriptor): Promise<BlobPath> {
  const sameHost = from.registry.image.origin === to.registry.image.origin;
  if (sameHost && (await to.persist(`mount ${blob.digest}`, () => mount(from, to, blob)))) return 'mounted';
  const file = join(to.deps.temporary, `blob-${blob.digest.slice('sha256:'.length)}`);
  try {
    await from.persist(`fetch ${blob.digest}`, () => fetchBlob(from, blob, file));
    return (await to.registry.putBlob(blob, file)) === 'present' ? 'present' : 'carried';
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * Asks the registry to take the blob over from another of its repositories (OCI distribution 1.1, "Mounting a blob from
 * another repository"). A registry that may not or cannot opens an ordinary upload instead, which is taken back.
 */
async function mount(from: Remote, to: Remote, { digest }: Descriptor): Promise<boolean> {
  const { transport, registry, deps } = to;
  const url = new URL(`${repositoryUrl(registry.image)}/blobs/uploads/`);
  url.searchParams.set('mount', digest);
  url.searchParams.set('from', from.registry.image.repository);
  const { signal } = deps;
  const answer = await transport
    .send({ method: 'POST', url: url.href, headers: { 'content-length': '0' }, signal })
    .catch((problem: unknown) => {
      // Some refuse what they do not know; an upload by hand says whether the account may write.
      if (isRefusal(problem)) return null;
      throw problem;
    });
  answer?.body.destroy();
  if (answer?.status === 201) return true;
  const location = answer === null ? null : header(answer, 'location');
  if (location !== null) {
    const target = new URL(location, registry.image.origin).href;
    const closed = await transport.send({ method: 'DELETE', url: target, signal }).catch(() => null);
    closed?.body.destroy();
  }
  return false;
}

function isRefusal(problem: unknown): boolean {
  return (
    problem instanceof Error &&
    'code' in problem &&
    (problem.code === 'registry-refused' || problem.code === 'registry-auth')
  );
}

/** Writes exactly the bytes that the digest names, or nothing that lasts. */
async function fetchBlob(from: Remote, { digest, size }: Descriptor, file: string): Promise<void> {
  const { registry, transport, deps } = from;
  const { signal } = deps;
  const url = `${repositoryUrl(registry.image)}/blobs/${digest}`;
  const answer = await follow(from, await transport.send({ method: 'GET', url, signal }), url);
  if (answer.status !== 200) throw unexpected(registry.image, `GET blobs/${digest}`, answer);
  const hash = createHash('sha256');
  let length = 0;
  const check = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      length += chunk.length;
      hash.update(chunk);
      done(length > size ? new Error('more bytes than its descriptor says') : null, chunk);
    },
  });
  await pipeline(answer.body, check, createWriteStream(file, { mode: 0o600 }), { signal }).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      throw damaged(registry, digest, cause instanceof Error ? cause.message : String(cause));
    },
  );
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== digest || length !== size)
    throw damaged(registry, digest, `${length} bytes with digest ${actual}`);
}

/** Storage behind a registry is sent no credentials of ours. */
async function follow({ registry, deps }: Remote, first: HttpResponse, from: string): Promise<HttpResponse> {
  let answer = first;
  let url = from;
  for (let turn = 0; turn < mostRedirects && answer.status >= 300 && answer.status < 400; turn += 1) {
    const location = header(answer, 'location');
    answer.body.destroy();
    if (location === null) throw unexpected(registry.image, 'GET of a blob', answer);
    url = new URL(location, url).href;
    answer = await exchange(deps.http, { url, signal: deps.signal, timeoutMs: answerTimeoutMs });
    if (isTransient(answer.status)) throw transient(answer, 'GET of a blob', deps.clock.now());
  }
  return answer;
}

function damaged({ image }: Registry, digest: string, found: string): Error {
  return failure(
    'push-mismatch',
    `The blob ${digest} of ${image.name} is not what it should be: ${found}.`,
    'Run the job again; if it repeats, publish the image anew.',
  );
}
