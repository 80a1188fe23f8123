// HTTP around the routes, and the graceful end: no request that was accepted goes unanswered.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Answer, Question } from './routes.ts';

const maximumBody = 16 * 1024;

export interface ShopServer {
  readonly server: Server;
  /**
   * Stops accepting, answers what is in flight with `Connection: close`, then resolves.
   * After `graceMs` what is still open is cut, and the result is false.
   */
  close(graceMs: number): Promise<boolean>;
}

export function createShopServer(route: (question: Question) => Answer): ShopServer {
  const open = new Set<ServerResponse>();
  let closing = false;
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    if (closing) response.setHeader('Connection', 'close');
    respond(route, request, response).catch(() => response.destroy());
  });
  const close = (graceMs: number): Promise<boolean> => {
    closing = true;
    for (const response of open) if (!response.headersSent) response.setHeader('Connection', 'close');
    return stop(server, graceMs);
  };
  return { server, close };
}

function stop(server: Server, graceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let clean = true;
    const timer = setTimeout(() => {
      clean = false;
      server.closeAllConnections();
    }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve(clean);
    });
    server.closeIdleConnections();
  });
}

async function respond(
  route: (question: Question) => Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const answer =
    body === null
      ? ({ status: 413, type: 'application/json', body: '{"error":"too large"}\n' } as const)
      : route({ method: request.method ?? 'GET', path: pathOf(request), body });
  if (body === null) response.setHeader('Connection', 'close');
  response.writeHead(answer.status, {
    'Content-Type': answer.type,
    'Content-Length': Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
