// A registry on loopback that keeps what it gets and can be told to misbehave.
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody, resetAfter } from './request-body.js';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly authorization: string | null;
  readonly status: number;
}

export interface Trouble {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Closes the connection without an answer. */
  readonly cut?: boolean;
  /** Resets the connection when this many bytes of the request's body have come. */
  readonly cutAfter?: number;
}

export interface RegistryDouble {
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly seen: readonly Seen[];
  readonly blobs: Map<string, Buffer>;
  /** By digest and by tag. */
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Buffer }>;
  readonly openUploads: ReadonlySet<string>;
  readonly tags: () => readonly string[];
  /** Asked before every answer; null lets the registry answer. */
  trouble: (request: {
    readonly method: string;
    readonly path: string;
    readonly authorization: string | null;
  }) => Trouble | null;
  close(): Promise<void>;
}

interface Kept extends RegistryDouble {
  readonly seen: Seen[];
  readonly openUploads: Set<string>;
}

/** A registry that asks for no login, on a free port of 127.0.0.1. */
export async function startRegistry(): Promise<RegistryDouble> {
  const manifests: RegistryDouble['manifests'] = new Map();
  const server = createServer((request, response) => {
    void handle(double, request, response).catch(() => response.destroy());
  });
  const double: Kept = {
    host: '',
    seen: [],
    blobs: new Map(),
    manifests,
    openUploads: new Set(),
    tags: () =>
      [...manifests.keys()].filter((name) => !name.startsWith('sha256:')).sort((a, b) => a.localeCompare(b)),
    trouble: () => null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return Object.assign(double, { host: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

interface Received {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly mediaType: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes?: string | Buffer;
}

async function handle(double: Kept, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://registry');
  const method = request.method ?? 'GET';
  const authorization = request.headers.authorization ?? null;
  const trouble = double.trouble({ method, path: url.pathname, authorization });
  if (trouble?.cutAfter !== undefined) {
    double.seen.push({ method, path: url.pathname, query: url.search, authorization, status: 0 });
    await resetAfter(request, trouble.cutAfter);
    return;
  }
  const body = await readBody(request);
  const note = (status: number): void => {
    double.seen.push({ method, path: url.pathname, query: url.search, authorization, status });
  };
  if (trouble !== null) {
    note(trouble.status ?? 0);
    if (trouble.cut === true) response.destroy();
    else response.writeHead(trouble.status ?? 500, { ...trouble.headers }).end(trouble.body ?? '');
    return;
  }
  const mediaType = request.headers['content-type'] ?? '';
  const { status, headers = {}, bytes } = answer(double, { method, url, body, mediaType });
  note(status);
  response.writeHead(status, headers).end(bytes);
}

function answer(double: Kept, request: Received): Answer {
  if (request.url.pathname === '/v2/') return { status: 200 };
  const [, kind = '', rest = ''] =
    /^\/v2\/.+?\/(blobs\/uploads|blobs|manifests)\/?(.*)$/.exec(request.url.pathname) ?? [];
  if (kind === 'blobs/uploads') return upload(double, request, rest);
  if (kind === 'blobs') {
    const blob = double.blobs.get(rest);
    return blob === undefined
      ? { status: 404 }
      : { status: 200, headers: { 'content-length': String(blob.length) }, bytes: blob };
  }
  return kind === 'manifests' ? manifest(double, request, rest) : { status: 404 };
}

function upload({ blobs, openUploads }: Kept, { method, url, body }: Received, id: string): Answer {
  if (method === 'POST') {
    const mounted = url.searchParams.get('mount');
    if (mounted !== null && blobs.has(mounted))
      return { status: 201, headers: { 'docker-content-digest': mounted } };
    const opened = randomUUID();
    openUploads.add(opened);
    return { status: 202, headers: { location: `${url.pathname.replace(/\/$/, '')}/${opened}?state=s` } };
  }
  if (!openUploads.delete(id)) return { status: 404 };
  if (method === 'DELETE') return { status: 204 };
  const digest = digestOf(body);
  if (digest !== url.searchParams.get('digest'))
    return { status: 400, bytes: '{"errors":[{"code":"DIGEST_INVALID"}]}' };
  blobs.set(digest, body);
  return { status: 201, headers: { 'docker-content-digest': digest } };
}

function manifest({ manifests }: Kept, { method, body, mediaType }: Received, reference: string): Answer {
  if (method === 'PUT') {
    const kept = { mediaType, bytes: body };
    manifests.set(digestOf(body), kept);
    manifests.set(reference, kept);
    return { status: 201, headers: { 'docker-content-digest': digestOf(body) } };
  }
  const found = manifests.get(reference);
  return found === undefined
    ? { status: 404 }
    : {
        status: 200,
        headers: {
          'content-type': found.mediaType,
          'content-length': String(found.bytes.length),
          'docker-content-digest': digestOf(found.bytes),
        },
        bytes: found.bytes,
      };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
