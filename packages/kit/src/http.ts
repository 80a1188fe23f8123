// HTTP over TCP, TLS or a unix socket, on node:http itself: the Engine API, registries and health checks need no client library.
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { ActionError } from './errors.js';

export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
  /** A unix socket to connect to instead of the URL's host. */
  readonly socketPath?: string;
  /**
   * The IP address to connect to instead of resolving the URL's host once more: what was checked is what is used.
   * Name, certificate and Host header stay the URL's. Without effect behind a proxy, which resolves by itself.
   */
  readonly address?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds until headers must have arrived; 30,000 unless said. */
  readonly timeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Unread bytes; must be consumed or destroyed. */
  readonly body: Readable;
  /** Reads the body as text, at most `limit` bytes (10 MiB unless said). */
  text(limit?: number): Promise<string>;
  json(limit?: number): Promise<unknown>;
}

/** Sends one request; any status is a result, only transport faults reject. Redirects are not followed. */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

const defaultLimit = 10 * 1024 * 1024;

/**
 * HTTP on node:http and node:https. TCP requests honour HTTP_PROXY, HTTPS_PROXY and NO_PROXY of `env`
 * (Node 24.5 or later; older versions connect directly); socket requests never do.
 * @throws {ActionError} `http-failed` for transport faults, `http-timed-out`; the signal's reason when aborted.
 */
export function createHttp(env: Readonly<Record<string, string | undefined>> = {}): Http {
  return (request) => {
    request.signal?.throwIfAborted();
    return new Promise((resolve, reject) => send(request, env, { resolve, reject }));
  };
}

interface Settle {
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (reason: unknown) => void;
}

function send(request: HttpRequest, env: Readonly<Record<string, string | undefined>>, settle: Settle): void {
  const { timeoutMs = 30_000, signal } = request;
  const outgoing = open(request, env);
  let failure: unknown = null;
  const stop = (reason: unknown): void => {
    failure ??= reason;
    outgoing.destroy();
  };
  const cancel = (): void => stop(signal?.reason);
  const timer = setTimeout(() => stop(timedOut(request, timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', cancel, { once: true });
  outgoing.once('response', (incoming) => {
    clearTimeout(timer);
    incoming.once('close', () => signal?.removeEventListener('abort', cancel));
    settle.resolve(createResponse(incoming, request));
  });
  outgoing.once('error', (cause) => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    settle.reject(failure ?? failed(request, cause));
  });
  // An aborted answer makes its reader fail through the stream itself.
  writeBody(outgoing, request.body);
}

function open(request: HttpRequest, env: Readonly<Record<string, string | undefined>>): ClientRequest {
  const url = new URL(request.url);
  const options = { method: request.method ?? 'GET', headers: { ...request.headers }, agent: false as const };
  if (request.socketPath !== undefined) {
    const path = `${url.pathname}${url.search}`;
    return process
      .getBuiltinModule('node:http')
      .request({ ...options, socketPath: request.socketPath, path, host: url.host });
  }
  const node =
    url.protocol === 'https:'
      ? process.getBuiltinModule('node:https')
      : process.getBuiltinModule('node:http');
  if (hasProxy(env)) return node.request(url, { ...options, agent: proxyAgent(node, env) });
  const { address } = request;
  return address === undefined
    ? node.request(url, options)
    : node.request(url, { ...options, lookup: fixedLookup(address) });
}

/** Answers every question with one address, in the form the caller asked for. */
function fixedLookup(address: string): LookupFunction {
  const family = process.getBuiltinModule('node:net').isIPv6(address) ? 6 : 4;
  return (_host, { all }, callback) => {
    if (all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function hasProxy(env: Readonly<Record<string, string | undefined>>): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => (env[name] ?? '') !== '');
}

function proxyAgent(
  node: typeof import('node:http') | typeof import('node:https'),
  env: Readonly<Record<string, string | undefined>>,
): Agent {
  return new node.Agent({ keepAlive: false, proxyEnv: { ...env } });
}

function writeBody(outgoing: ClientRequest, body: HttpRequest['body']): void {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  body.once('error', (error) => outgoing.destroy(error));
  body.pipe(outgoing);
}

function createResponse(incoming: IncomingMessage, request: HttpRequest): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const text = async (limit = defaultLimit): Promise<string> => readText(incoming, request, limit);
  return {
    status: incoming.statusCode ?? 0,
    headers,
    body: incoming,
    text,
    async json(limit) {
      const body = await text(limit);
      try {
        return JSON.parse(body);
      } catch (cause) {
        throw failed(request, new Error('the answer is not JSON', { cause }));
      }
    },
  };
}

async function readText(incoming: IncomingMessage, request: HttpRequest, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new Error(`the answer has more than the ${limit} bytes allowed`);
      chunks.push(chunk);
    }
  } catch (error) {
    request.signal?.throwIfAborted();
    throw failed(request, error instanceof Error ? error : new Error(String(error)));
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failed(request: HttpRequest, cause: Error): ActionError {
  return new ActionError({
    code: 'http-failed',
    message: `${request.method ?? 'GET'} ${place(request)} failed: ${cause.message}`,
    hint: `See that ${place(request)} can be reached from this runner.`,
    cause,
  });
}

function timedOut(request: HttpRequest, timeoutMs: number): ActionError {
  return new ActionError({
    code: 'http-timed-out',
    message: `${request.method ?? 'GET'} ${place(request)} was expected to answer within ${timeoutMs} ms`,
    hint: `See that ${place(request)} can be reached from this runner.`,
  });
}

/** Where a request goes, without query or credentials: both may hold secrets. */
function place(request: HttpRequest): string {
  const url = new URL(request.url);
  return request.socketPath === undefined
    ? `${url.origin}${url.pathname}`
    : `${request.socketPath} ${url.pathname}`;
}
