// `git http-backend` as a CGI program: its environment, its answer, and the commands inside a push.
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import type { Caller } from './callers.js';
import { gitEnvironment } from './git-store.js';
import type { RefMove } from './protection.js';
import type { RepositoryState } from './state.js';

export interface GitTarget {
  readonly repository: string;
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack` */
  readonly path: string;
  readonly service: string;
}

/** The commands at the head of a receive-pack request: pkt-lines `old new ref`, capabilities after the first NUL. */
export function pushedCommands(body: Buffer): readonly RefMove[] {
  const commands: RefMove[] = [];
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

export interface BackendCall {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly target: GitTarget;
  readonly caller: Caller;
  readonly query: string;
}

/** What the update hook is told: refs it refuses, and the workflow files a job may push (null: any). */
export interface PushRules {
  readonly refused: readonly string[];
  readonly workflows: readonly string[] | null;
}

/** The CGI variables of a request. */
export function backendEnvironment(
  repository: RepositoryState,
  call: BackendCall,
  rules: PushRules = { refused: [], workflows: null },
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
    HEADGATE_REFUSED: rules.refused.join('\n'),
    HEADGATE_GUARDED: rules.workflows === null ? '0' : '1',
    HEADGATE_WORKFLOWS: (rules.workflows ?? []).join('\n'),
  };
}

/** Runs the CGI program and returns what it wrote: headers, blank line, body. */
export function runBackend(env: Record<string, string>, body: Buffer): Promise<Buffer> {
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

/** Passes the program's answer on. */
export function answerWith(response: ServerResponse, output: Buffer): void {
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
