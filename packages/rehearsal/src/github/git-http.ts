// Repositories over git's smart HTTP: the real `git http-backend` behind our tokens, permissions and protections.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Access } from './access.js';
import type { Caller } from './callers.js';
import {
  answerWith,
  type BackendCall,
  backendEnvironment,
  type GitTarget,
  pushedCommands,
  runBackend,
} from './git-backend.js';
import { readRefs } from './git-reading.js';
import { refusedRefs } from './protection.js';
import { compareRefs, refsChanged } from './ref-changes.js';
import { HttpProblem } from './reply.js';
import { findRepository, inOrder, type RepositoryState, type State } from './state.js';
import { knownWorkflows } from './workflow-guard.js';

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

async function receive(state: State, repository: RepositoryState, call: BackendCall): Promise<Buffer> {
  const zipped = call.request.headers['content-encoding'] === 'gzip';
  const commands = pushedCommands(zipped ? gunzipSync(call.body) : call.body);
  const refused = await refusedRefs(repository, call.caller, commands);
  const workflows = await knownWorkflows(repository, call.caller);
  const before = await readRefs(repository.git);
  const output = await runBackend(backendEnvironment(repository, call, { refused, workflows }), call.body);
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
          : await runBackend(backendEnvironment(repository, call), body);
      answerWith(response, output);
    }
  } catch (error) {
    if (error instanceof HttpProblem) refuse(response, error.status, error.message);
    else refuse(response, 500, String(error));
  }
  return { status: response.statusCode, login };
}
