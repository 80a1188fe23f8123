// GitHub's cache service on loopback, as BuildKit speaks to it: the v2 calls, and the blob storage that its signed addresses
// lead to. Sources: go-actions-cache (`cache.go`, `cache_v2.go`), and Azure's "Put Blob", "Put Block", "Put Block List".
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ActionsCache {
  readonly url: string;
  /** `METHOD what status`, in order. */
  readonly seen: readonly string[];
  /** Those that were finished, by key. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** As the service does when a repository has more than it may. */
  remove(key: string): void;
  /** Answers instead of the service; null lets it answer. */
  trouble: (what: string) => number | null;
  close(): Promise<void>;
}

interface Entry {
  readonly scope: string;
  bytes: Buffer;
}

/** What a job's token may do: scopes it may write to first. */
export interface Rights {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

/** A token as the runner has it; BuildKit reads its claims, and the service here believes them. */
export function runtimeToken(
  { writes, reads }: Rights,
  { secondsLeft = 3600, now = Math.floor(Date.now() / 1000) } = {},
): string {
  const scopes = [
    ...writes.map((Scope) => ({ Scope, Permission: 3 })),
    ...reads.map((Scope) => ({ Scope, Permission: 1 })),
  ];
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { ac: JSON.stringify(scopes), nbf: now - 60, exp: now + secondsLeft, jti: randomUUID() };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomUUID().replaceAll('-', '')}`;
}

interface State {
  readonly tokens: ReadonlySet<string>;
  readonly entries: Map<string, Entry>;
  readonly uploads: Map<string, { readonly key: string; readonly scope: string; bytes: Buffer }>;
  readonly blocks: Map<string, Buffer>;
  readonly origin: () => string;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes?: Buffer | string;
}

/** @param tokens those that it takes */
export async function startActionsCache(tokens: readonly string[]): Promise<ActionsCache> {
  const seen: string[] = [];
  let origin = '';
  const state: State = {
    tokens: new Set(tokens),
    entries: new Map(),
    uploads: new Map(),
    blocks: new Map(),
    origin: () => origin,
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const what = url.pathname.split('/').at(url.pathname.startsWith('/twirp/') ? -1 : 1) ?? '';
    const trouble = cache.trouble(what);
    const asked = { request, url, body: Buffer.concat(chunks) };
    const answer = trouble === null ? answerTo(asked, state) : { status: trouble };
    seen.push(`${request.method} ${what} ${answer.status}`);
    // The client takes the id of every answer of the storage for given.
    const headers = { 'x-ms-request-id': randomUUID(), ...answer.headers };
    response.writeHead(answer.status, headers).end(answer.bytes ?? '');
  };
  const server = createServer((request, response) => {
    void respond(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cache: ActionsCache = {
    url: `${origin}/`,
    seen,
    entries: state.entries,
    remove: (key) => state.entries.delete(key),
    trouble: () => null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return cache;
}

function answerTo(asked: Asked, state: State): Answer {
  const { pathname } = asked.url;
  const call = /^\/twirp\/github\.actions\.results\.api\.v1\.CacheService\/(\w+)$/.exec(pathname)?.[1];
  if (call !== undefined) return answerCall(call, asked, state);
  return pathname.startsWith('/storage/') ? answerStorage(asked, state) : { status: 404 };
}

function answerCall(call: string, { request, body }: Asked, state: State): Answer {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!state.tokens.has(token)) return failed(401, 'unauthenticated');
  const { writes, reads } = rightsOf(token);
  const asked = JSON.parse(body.toString()) as { key: string; restore_keys?: string[] };
  switch (call) {
    case 'GetCacheEntryDownloadURL': {
      const found = findEntry(state, [asked.key, ...(asked.restore_keys ?? [])], [...writes, ...reads]);
      if (found === null) return said({ ok: false });
      return said({ ok: true, matched_key: found, signed_download_url: signed(state, 'entry', found) });
    }
    case 'CreateCacheEntry': {
      const [scope] = writes;
      if (scope === undefined) return failed(403, 'permission_denied');
      if (state.entries.has(asked.key)) return failed(409, 'already_exists');
      const id = randomUUID();
      state.uploads.set(id, { key: asked.key, scope, bytes: Buffer.alloc(0) });
      return said({ ok: true, signed_upload_url: signed(state, 'upload', id) });
    }
    case 'FinalizeCacheEntryUpload': {
      const found = [...state.uploads].find(([, { key }]) => key === asked.key);
      if (found === undefined) return failed(404, 'not_found');
      const [id, { key, scope, bytes }] = found;
      state.uploads.delete(id);
      state.entries.set(key, { scope, bytes });
      return said({ ok: true, entry_id: '1' });
    }
    default:
      return failed(404, 'bad_route');
  }
}

/** An exact key first, then the newest that begins with one. */
function findEntry({ entries }: State, keys: readonly string[], scopes: readonly string[]): string | null {
  const visible = [...entries].filter(([, { scope }]) => scopes.includes(scope)).map(([key]) => key);
  for (const key of keys) {
    if (visible.includes(key)) return key;
    const newest = visible.findLast((one) => one.startsWith(key));
    if (newest !== undefined) return newest;
  }
  return null;
}

function answerStorage({ request, url, body }: Asked, state: State): Answer {
  const [, , kind, name = ''] = url.pathname.split('/').map(decodeURIComponent);
  if (url.searchParams.get('sig') !== 'x') return { status: 403 };
  if (kind === 'entry') return download(state.entries.get(name)?.bytes, request);
  const upload = state.uploads.get(name);
  if (upload === undefined || request.method !== 'PUT') return { status: 404 };
  const block = url.searchParams.get('blockid');
  if (block !== null) state.blocks.set(`${name} ${block}`, body);
  else if (url.searchParams.get('comp') === 'blocklist') {
    const names = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(([, id]) => id);
    upload.bytes = Buffer.concat(
      names.map((id) => state.blocks.get(`${name} ${id}`) ?? Buffer.from('a block is missing')),
    );
  } else upload.bytes = body;
  return { status: 201, headers: { etag: '"1"', 'last-modified': new Date().toUTCString() } };
}

function download(bytes: Buffer | undefined, { headers }: IncomingMessage): Answer {
  if (bytes === undefined) return { status: 404 };
  const asked = String(headers['x-ms-range'] ?? headers.range ?? '');
  const start = Number(/^bytes=(\d+)-/.exec(asked)?.[1] ?? 0);
  const part = bytes.subarray(start);
  const range = `bytes ${start}-${Math.max(bytes.length - 1, 0)}/${bytes.length}`;
  const common = { 'content-length': String(part.length), etag: '"1"' };
  if (asked === '') return { status: 200, headers: common, bytes: part };
  return { status: 206, headers: { ...common, 'content-range': range }, bytes: part };
}

function rightsOf(token: string): Rights {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { ac: string };
  const scopes = JSON.parse(claims.ac) as { Scope: string; Permission: number }[];
  const of = (bit: number): readonly string[] =>
    scopes.filter(({ Permission }) => (Permission & bit) !== 0).map(({ Scope }) => Scope);
  return { writes: of(2), reads: of(1) };
}

function signed({ origin }: State, kind: 'entry' | 'upload', name: string): string {
  return `${origin()}/storage/${kind}/${encodeURIComponent(name)}?sig=x`;
}

function said(value: object): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, bytes: JSON.stringify(value) };
}

function failed(status: number, code: string): Answer {
  const bytes = JSON.stringify({ code, msg: code });
  return { status, headers: { 'content-type': 'application/json' }, bytes };
}
