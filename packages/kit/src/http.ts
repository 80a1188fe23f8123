// HTTP over TCP, TLS or a unix socket, on node:http itself: the Engine API, registries and health checks need no client library.
import type { Readable } from 'node:stream';

export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
  /** A unix socket to connect to instead of the URL's host. */
  readonly socketPath?: string;
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
