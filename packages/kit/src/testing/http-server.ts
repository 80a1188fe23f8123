// A scriptable HTTP server on loopback or a unix socket: a double at a real boundary.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface ScriptedAnswer {
  /** 200 unless said. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sent as JSON; wins over `body`. */
  readonly json?: unknown;
  /** `hang`: never answers; `cut`: closes the connection; `cut-body`: closes it in the middle of the body. */
  readonly fault?: 'hang' | 'cut' | 'cut-body';
}

export type Answerer = (request: ReceivedRequest, call: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface TestServer {
  /** `http://127.0.0.1:port`; `http://localhost` for a socket. */
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** `route` is `METHOD /path`; a path may end in `*`. The latest route that fits wins. */
  on(route: string, answer: ScriptedAnswer | Answerer): void;
  close(): Promise<void>;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly answer: Answerer;
  calls: number;
}

/** Starts a server; what no route fits answers 404. `listen` is a socket's path, a free port of 127.0.0.1 otherwise. */
export async function startTestServer(listen?: string): Promise<TestServer> {
  const routes: Route[] = [];
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing, { routes, requests }).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (listen === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(listen, resolve);
  });
  const port = listen === undefined ? (server.address() as AddressInfo).port : null;
  return {
    url: port === null ? 'http://localhost' : `http://127.0.0.1:${port}`,
    requests,
    on(route, scripted) {
      const [method = 'GET', path = '/'] = route.split(' ');
      routes.unshift({
        method,
        path,
        calls: 0,
        answer: typeof scripted === 'function' ? scripted : () => scripted,
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { routes, requests }: { readonly routes: readonly Route[]; readonly requests: ReceivedRequest[] },
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const request: ReceivedRequest = {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: incoming.headers,
    body: await readBody(incoming),
  };
  requests.push(request);
  const route = routes.find((candidate) => fits(candidate, request));
  if (route === undefined) return send(outgoing, { status: 404, json: { message: 'Not Found' } });
  route.calls += 1;
  send(outgoing, await route.answer(request, route.calls));
}

function fits({ method, path }: Route, request: ReceivedRequest): boolean {
  if (method !== request.method) return false;
  return path.endsWith('*') ? request.path.startsWith(path.slice(0, -1)) : request.path === path;
}

function send(outgoing: ServerResponse, scripted: ScriptedAnswer): void {
  if (scripted.fault === 'hang') return;
  if (scripted.fault === 'cut') {
    outgoing.destroy();
    return;
  }
  const isJson = scripted.json !== undefined;
  const body = Buffer.from(isJson ? JSON.stringify(scripted.json) : (scripted.body ?? ''));
  outgoing.writeHead(scripted.status ?? 200, {
    ...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    'content-length': body.length,
    ...scripted.headers,
  });
  if (scripted.fault !== 'cut-body') outgoing.end(body);
  else outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
