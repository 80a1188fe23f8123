// A registry of several repositories on loopback: blobs belong to one of them, may be mounted, and carry referrers.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '@headgate/kit/testing/registry';

export interface RegistryHabits {
  /** What a request to mount gets: the blob, an ordinary upload, or a refusal (R8). */
  readonly mount: 'yes' | 'no' | 'refused';
  /** Whether it has the referrers API of OCI distribution 1.1. */
  readonly referrers: boolean;
  /** How many of them an answer holds; all unless given. */
  readonly referrersPage?: number;
  /** The header that leads to the next answer. */
  readonly link?: (next: string) => string;
  /** Blobs are answered with a redirect to another path. */
  readonly redirects?: boolean;
}

interface Kept {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface Repository {
  readonly blobs: Map<string, Buffer>;
  /** By digest and by tag. */
  readonly manifests: Map<string, Kept>;
}

export interface Repositories {
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly seen: readonly string[];
  readonly openUploads: ReadonlySet<string>;
  repository(name: string): Repository;
  close(): Promise<void>;
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly mediaType: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes?: Buffer | string;
}

const ociIndex = 'application/vnd.oci.image.index.v1+json';

export async function startRepositories(habits: RegistryHabits): Promise<Repositories> {
  const all = new Map<string, Repository>();
  const seen: string[] = [];
  const openUploads = new Set<string>();
  const repository = (name: string): Repository => {
    const found = all.get(name) ?? { blobs: new Map(), manifests: new Map() };
    all.set(name, found);
    return found;
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://registry');
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const method = request.method ?? 'GET';
    const mediaType = request.headers['content-type'] ?? '';
    seen.push(`${method} ${url.pathname}${url.search}`);
    const asked = { method, url, body: Buffer.concat(chunks), mediaType };
    const { status, headers = {}, bytes } = answer({ habits, openUploads, repository }, asked);
    response.writeHead(status, headers).end(method === 'HEAD' ? undefined : bytes);
  };
  const server = createServer((request, response) => {
    void respond(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    openUploads,
    repository,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface State {
  readonly habits: RegistryHabits;
  readonly openUploads: Set<string>;
  repository(name: string): Repository;
}

function answer(state: State, request: Request): Answer {
  const stored = /^\/storage\/(.+)\/(sha256:[0-9a-f]+)$/.exec(request.url.pathname);
  if (stored !== null) return blobAnswer(state.repository(stored[1] ?? '').blobs.get(stored[2] ?? ''));
  const found = /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests|referrers)\/?(.*)$/.exec(request.url.pathname);
  const [, name = '', kind = '', rest = ''] = found ?? [];
  const { blobs, manifests } = state.repository(name);
  if (kind === 'blobs/uploads') return upload(state, request, { name, id: rest });
  if (kind === 'blobs') {
    if (!blobs.has(rest) || request.method === 'HEAD' || state.habits.redirects !== true)
      return blobAnswer(blobs.get(rest));
    return { status: 307, headers: { location: `/storage/${name}/${rest}` } };
  }
  if (kind === 'referrers') return referrers(state.habits, manifests, request.url);
  return kind === 'manifests' ? manifest(manifests, request, rest) : { status: 404 };
}

function blobAnswer(bytes: Buffer | undefined): Answer {
  if (bytes === undefined) return { status: 404 };
  return { status: 200, headers: { 'content-length': String(bytes.length) }, bytes };
}

function upload(
  { habits, openUploads, repository }: State,
  { method, url, body }: Request,
  { name, id }: { readonly name: string; readonly id: string },
): Answer {
  const mount = url.searchParams.get('mount');
  const from = url.searchParams.get('from');
  if (method === 'POST' && mount !== null && from !== null) {
    if (habits.mount === 'refused') return { status: 403, bytes: '{"errors":[{"code":"DENIED"}]}' };
    const bytes = habits.mount === 'yes' ? repository(from).blobs.get(mount) : undefined;
    if (bytes !== undefined) {
      repository(name).blobs.set(mount, bytes);
      return { status: 201 };
    }
  }
  if (method === 'POST') {
    const opened = randomUUID();
    openUploads.add(opened);
    return { status: 202, headers: { location: `/v2/${name}/blobs/uploads/${opened}` } };
  }
  if (!openUploads.delete(id)) return { status: 404 };
  if (method === 'DELETE') return { status: 204 };
  const digest = digestOf(body);
  if (digest !== url.searchParams.get('digest')) return { status: 400 };
  repository(name).blobs.set(digest, body);
  return { status: 201 };
}

function manifest(
  manifests: Map<string, Kept>,
  { method, body, mediaType }: Request,
  reference: string,
): Answer {
  if (method === 'PUT') {
    manifests.set(digestOf(body), { mediaType, bytes: body });
    manifests.set(reference, { mediaType, bytes: body });
    return { status: 201, headers: { 'docker-content-digest': digestOf(body) } };
  }
  const found = manifests.get(reference);
  if (found === undefined) return { status: 404 };
  return { status: 200, headers: { 'content-type': found.mediaType }, bytes: found.bytes };
}

function referrers(habits: RegistryHabits, manifests: Map<string, Kept>, url: URL): Answer {
  if (!habits.referrers) return { status: 404 };
  const subject = url.pathname.split('/').at(-1);
  const list = [...manifests].flatMap(([digest, { mediaType, bytes }]) => {
    const document = JSON.parse(bytes.toString()) as { subject?: { digest: string } };
    if (!digest.startsWith('sha256:') || document.subject?.digest !== subject) return [];
    return [{ mediaType, digest, size: bytes.length }];
  });
  const { referrersPage: size = list.length, link = (next: string) => `<${next}>; rel="next"` } = habits;
  const start = Number(url.searchParams.get('last') ?? 0);
  const rest = start + size < list.length ? { link: link(`${url.pathname}?last=${start + size}`) } : {};
  return {
    status: 200,
    headers: { 'content-type': ociIndex, ...rest },
    bytes: JSON.stringify({
      schemaVersion: 2,
      mediaType: ociIndex,
      manifests: list.slice(start, start + size),
    }),
  };
}
