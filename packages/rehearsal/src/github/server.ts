// The HTTP server of the double: REST below /api/v3 (and at the root), uploads, signed downloads, git.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Access } from './access.js';
import { gitTarget, serveGit } from './git-http.js';
import type { Rest } from './rest.js';
import { readBlob } from './signed-blobs.js';
import type { State } from './state.js';

/** Bytes of a request's body: pushes and release assets of a rehearsal are small. */
const largestBody = 512 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error(`request body above ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Parts {
  readonly state: State;
  readonly access: Access;
  readonly rest: Rest;
}

async function serveRest(
  parts: Parts,
  at: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const { request, response, url } = at;
  const method = request.method ?? 'GET';
  const path = url.pathname.replace(/^\/api\/(?:v3|uploads)(?=\/|$)/u, '') || '/';
  const bytes = await readBody(request);
  const answer = await parts.rest.answer({ method, path, url, headers: request.headers, bytes });
  parts.state.requests.push({
    method,
    path,
    status: answer.status,
    login: answer.login,
    charged: answer.charged,
  });
  const id = randomBytes(8).toString('hex');
  const body = answer.text;
  response.writeHead(answer.status, {
    ...answer.headers,
    'x-github-request-id': id,
    'x-github-media-type': 'github.v3; format=json',
  });
  response.end(answer.status === 204 || answer.status === 304 ? undefined : body);
}

async function serve(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', parts.state.serverUrl);
  const target = gitTarget(url);
  if (target !== null) {
    const body = await readBody(request);
    const { status, login } = await serveGit(parts.state, parts.access, {
      request,
      response,
      body,
      target,
      url,
    });
    parts.state.requests.push({
      method: request.method ?? 'GET',
      path: url.pathname,
      status,
      login,
      charged: false,
    });
  } else if (url.pathname.startsWith('/_blobs/')) {
    const { status, contentType, bytes } = readBlob(parts.state, url, request.headers.authorization);
    response
      .writeHead(status, { 'content-type': contentType, 'content-length': bytes.byteLength })
      .end(bytes);
  } else {
    await serveRest(parts, { request, response, url });
  }
}

export function listen(parts: Parts, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
