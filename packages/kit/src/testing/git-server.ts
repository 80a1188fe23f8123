// Git over HTTP for tests: the real `git http-backend` on loopback, as CGI. Clone from it asynchronously: it lives here.
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runCommand } from '../process.js';

export interface GitServer {
  /** Address of the repository. */
  readonly url: string;
  /** Bytes of answers so far. */
  sent(): number;
  /** A clone beside the bare repository, with this depth and, where said, of one branch alone; its folder. */
  clone(name: string, options: { readonly depth: number; readonly branch: string }): Promise<string>;
  close(): Promise<void>;
}

/** Serves a bare repository for reading; what it holds is in the folder above it. */
export async function startGitServer(bare: string): Promise<GitServer> {
  let bytes = 0;
  const server = createServer((request, response) => {
    void answer(bare, request, response).then((size) => {
      bytes += size;
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/repository.git`;
  return {
    url,
    sent: () => bytes,
    async clone(name, { depth, branch }) {
      const directory = join(bare, '..', name);
      const only = ['--quiet', '--no-tags', '--single-branch', '--branch', branch, '--depth', `${depth}`];
      const result = await runCommand({ file: 'git', args: ['clone', ...only, url, directory] });
      if (result.code !== 0) throw new Error(result.stderr);
      return directory;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(bare: string, request: IncomingMessage, response: ServerResponse): Promise<number> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_PROJECT_ROOT: bare,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: url.pathname.replace(/^\/repository\.git/, ''),
    REQUEST_METHOD: request.method ?? 'GET',
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
  };
  const output = await runBackend(env, body);
  const end = output.indexOf('\r\n\r\n');
  for (const line of output.toString('latin1', 0, Math.max(end, 0)).split('\r\n')) {
    const [name = '', value = ''] = line.split(': ');
    if (name.toLowerCase() === 'status') response.statusCode = Number(value.slice(0, 3));
    else if (name !== '') response.setHeader(name, value);
  }
  response.end(output.subarray(end + 4));
  return output.length;
}

function runBackend(env: Record<string, string>, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks)));
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
  });
}
