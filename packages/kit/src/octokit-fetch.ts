// The little of `fetch` that Octokit uses, over our HTTP: the built-in one costs more start-up than everything else.
import type { Http } from './http.js';

interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

interface FetchResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly url: string;
  /** Iterable as pairs and readable by name, as `Headers` is. */
  readonly headers: ReadonlyMap<string, string>;
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Milliseconds until one try must have answered. */
const timeoutMs = 30_000;

/** Answers as `fetch` would with `redirect: 'manual'`; bodies are at most 64 MiB. */
export function fetchOver(http: Http): (url: string, options?: FetchOptions) => Promise<FetchResponse> {
  return async (url, { method, headers, body, signal } = {}) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const response = await http({
      url,
      timeoutMs,
      headers: { ...headers, ...length },
      ...(method === undefined ? {} : { method }),
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = await readAll(response.body);
    return {
      status: response.status,
      ok: response.status >= 200 && response.status < 300,
      url,
      headers: new Map(Object.entries(response.headers)),
      text: async () => bytes.toString('utf8'),
      json: async () => JSON.parse(bytes.toString('utf8')) as unknown,
      arrayBuffer: async () => new Uint8Array(bytes).buffer,
    };
  };
}

const maxBytes = 64 * 1024 * 1024;

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
