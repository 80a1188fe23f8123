// One registry, one repository: requests with credentials, token exchange, and words for refusals.
import type { Readable } from 'node:stream';
import type { HttpResponse } from '../http.js';
import { parseChallenge } from './challenge.js';
import { failure } from './failures.js';
import { exchange, header, isTransient, shown, transient } from './fault.js';
import { authorize, refusedLogin, type TransportOptions } from './login.js';

export interface RegistryRequest {
  readonly method: string;
  /** Absolute, or a path on the registry. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for every sending, because a token may have to be fetched in between. */
  readonly body?: () => string | Uint8Array | Readable;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

export interface RegistryTransport {
  /**
   * Sends one request. Resolves with any status below 400 and with 404 (a fact, not a failure).
   * @throws TransientFault for resets, 408, 429 and 5xx; ActionError `registry-auth` or `registry-refused` otherwise
   */
  send(request: RegistryRequest): Promise<HttpResponse>;
}

const answerTimeoutMs = 60_000;

/** A transport that logs in when it is first challenged and again when a token has run out. */
export function createTransport(options: TransportOptions): RegistryTransport {
  let authorization: string | null = null;
  const sendOnce = (request: RegistryRequest): Promise<HttpResponse> => {
    const url = new URL(request.url, options.image.origin);
    // An upload location may lie on a storage host, which must not see the registry's credentials.
    const ours = url.origin === new URL(options.image.origin).origin;
    const headers = { ...request.headers, ...(ours && authorization !== null ? { authorization } : {}) };
    return exchange(options.http, {
      url: url.href,
      method: request.method,
      headers,
      signal: request.signal,
      timeoutMs: request.timeoutMs ?? answerTimeoutMs,
      ...(request.body === undefined ? {} : { body: request.body() }),
    });
  };
  return {
    async send(request) {
      let response = await sendOnce(request);
      if (response.status === 401) {
        const challenge = parseChallenge(header(response, 'www-authenticate') ?? '');
        response.body.destroy();
        authorization = await authorize(options, challenge, request.signal);
        response = await sendOnce(request);
      }
      return await judge(response, { request, options });
    },
  };
}

interface Sent {
  readonly request: RegistryRequest;
  readonly options: TransportOptions;
}

async function judge(response: HttpResponse, { request, options }: Sent): Promise<HttpResponse> {
  if (response.status < 400 || response.status === 404) return response;
  const what = `${request.method} ${shown(new URL(request.url, options.image.origin).href)}`;
  if (isTransient(response.status)) throw transient(response, what, options.now());
  const reason = await readReason(response);
  if (response.status === 401 || response.status === 403) {
    throw refusedLogin(
      options.image,
      options.credentials,
      `it answered ${response.status}${reason} to ${what}`,
    );
  }
  throw failure(
    'registry-refused',
    `${options.image.host} answered ${response.status}${reason} to ${what}.`,
    "Check the image name and the registry's rules for this repository.",
  );
}

async function readReason(response: HttpResponse): Promise<string> {
  const text = await response.text(1 << 16).catch(() => '');
  const found = /"code"\s*:\s*"([A-Z_]{1,60})"/.exec(text)?.[1];
  return found === undefined ? '' : ` (${found})`;
}
