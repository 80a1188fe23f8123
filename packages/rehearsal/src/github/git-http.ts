// Repositories over git's smart HTTP: the real `git http-backend` behind our tokens, permissions and protections.
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Access, Caller } from './access.js';
import { readRefs } from './git-reading.js';
import { gitEnvironment } from './git-store.js';
import { refusedRefs } from './protection.js';
import { compareRefs, refsChanged } from './ref-changes.js';
import { HttpProblem } from './reply.js';
import { findRepository, inOrder, type RepositoryState, type State } from './state.js';

export interface GitTarget {
  readonly repository: string;
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack` */
  readonly path: string;
  readonly service: string;
}

/** The repository and service of a git request, or null when the path is none. */
export function gitTarget(url: URL): GitTarget | null {
  const found = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/u.exec(
    url.pathname,
  );
  if (found === null) return null;
  const [, owner = '', name = '', path = ''] = found;
  const service = path === '/info/refs' ? (url.searchParams.get('service') ?? '') : path.slice(1);
  return { repository: `${decodeURIComponent(owner)}/${decodeURIComponent(name)}`, path, service };
}

/** Status texts as git shows them to people (`remote: …`). Source: probe of github.com with git 2.39 */
function refuse(response: ServerResponse, status: number, message: string): void {
  const headers: Record<string, string> = { 'content-type': 'text/plain' };
  if (status === 401) headers['www-authenticate'] = 'Basic realm="GitHub"';
  response.writeHead(status, headers).end(message);
}

/** Null when the caller may use the service; else the answer. */
function refusal(
  caller: Caller,
  repository: RepositoryState | undefined,
  service: string,
): readonly [number, string] | null {
  const level = repository === undefined ? null : caller.level(repository, 'contents');
  if (repository === undefined || level === null) {
    return caller.login === '' ? [401, 'Repository not found.'] : [404, 'Repository not found.'];
  }
  if (service !== 'git-receive-pack')
    return level === 'none' ? [403, 'Resource not accessible by integration'] : null;
  if (level === 'write') return null;
  if (caller.login === '') return [401, 'Authentication required.'];
  return [403, `Permission to ${repository.fullName}.git denied to ${caller.login}.`];
}

/** The commands at the head of a receive-pack request: pkt-lines `old new ref`, capabilities after the first NUL. */
export function pushedCommands(
  body: Buffer,
): readonly { readonly from: string; readonly to: string; readonly ref: string }[] {
  const commands: { from: string; to: string; ref: string }[] = [];
  for (let at = 0; at + 4 <= body.length; ) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16);
    if (!(length > 4)) break;
    const line = body.toString('utf8', at + 4, at + length).split('\0')[0] ?? '';
    const found = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+?)\n?$/u.exec(line);
    if (found !== null) commands.push({ from: found[1] ?? '', to: found[2] ?? '', ref: found[3] ?? '' });
    at += length;
  }
  return commands;
}

interface Backend {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly target: GitTarget;
  readonly caller: Caller;
  readonly query: string;
}

function backendEnvironment(
  repository: RepositoryState,
  call: Backend,
  refused: readonly string[],
): Record<string, string> {
  const header = (name: string): string => {
    const value = call.request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const { directory } = repository.git;
  return {
    ...gitEnvironment(directory),
    GIT_PROJECT_ROOT: dirname(directory),
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `${directory.slice(dirname(directory).length)}${call.target.path}`,
    REQUEST_METHOD: call.request.method ?? 'GET',
    QUERY_STRING: call.query,
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: String(call.body.length),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_USER: call.caller.login,
    REMOTE_ADDR: '127.0.0.1',
    HEADGATE_REFUSED: refused.join('\n'),
  };
}

/** Runs the CGI program and returns what it wrote: headers, blank line, body. */
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

function answer(response: ServerResponse, output: Buffer): void {
  const end = output.indexOf('\r\n\r\n');
  const lines = output.toString('latin1', 0, Math.max(end, 0)).split('\r\n').filter(Boolean);
  const headers = lines.map(
    (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const,
  );
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1];
  response.statusCode = end === -1 ? 500 : Number((status ?? '200').slice(0, 3));
  for (const [name, value] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
  response.end(output.subarray(end + 4));
}

async function receive(state: State, repository: RepositoryState, call: Backend): Promise<Buffer> {
  const zipped = call.request.headers['content-encoding'] === 'gzip';
  const commands = pushedCommands(zipped ? gunzipSync(call.body) : call.body);
  const refused = await refusedRefs(repository, call.caller, commands);
  const before = await readRefs(repository.git);
  const output = await runBackend(backendEnvironment(repository, call, refused), call.body);
  const changes = compareRefs(before, await readRefs(repository.git));
  await refsChanged(state, repository, {
    changes,
    actor: { login: call.caller.login, raises: !call.caller.jobToken },
  });
  return output;
}

/** Answers one git request; events of a push are raised before the client hears of its success. */
export async function serveGit(
  state: State,
  access: Access,
  at: { request: IncomingMessage; response: ServerResponse; body: Buffer; target: GitTarget; url: URL },
): Promise<{ status: number; login: string }> {
  const { request, response, body, target, url } = at;
  let login = '';
  try {
    const caller = access.identify(request.headers.authorization);
    login = caller.login;
    const repository = findRepository(state, target.repository);
    const no = refusal(caller, repository, target.service);
    if (no !== null || repository === undefined) {
      refuse(response, no?.[0] ?? 404, no?.[1] ?? 'Repository not found.');
    } else {
      const call = { request, body, target, caller, query: url.search.slice(1) };
      const output =
        target.path === '/git-receive-pack'
          ? await inOrder(repository, () => receive(state, repository, call))
          : await runBackend(backendEnvironment(repository, call, []), body);
      answer(response, output);
    }
  } catch (error) {
    if (error instanceof HttpProblem) refuse(response, error.status, error.message);
    else refuse(response, 500, String(error));
  }
  return { status: response.statusCode, login };
}
