// The host is the machine the step runs on: unix sockets, loopback, the file system.
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { Http, HttpResponse } from '@headgate/kit/http';
import { systemCode } from './errors.js';
import type { EngineRequest, HostFiles, Transport } from './transport.js';

export interface LocalOptions {
  readonly http: Http;
  /** Absolute socket path, `unix://` address or `http://`/`tcp://` address of the engine. */
  readonly engine: string;
  /** HAProxy's stats socket. */
  readonly proxySocket: string;
}

/** Bytes of one proxy answer; `show stat` of 16 servers is below 20 KB. */
const proxyAnswerLimit = 4 * 1024 * 1024;

export function connectLocal({ http, engine, proxySocket }: LocalOptions): Transport {
  const { base, socketPath } = engineAddress(engine);
  return {
    host: 'this machine',
    engine: (request) => sendTo(http, { base, socketPath }, request),
    proxy: (command, timeoutMs) => askSocket(proxySocket, command, timeoutMs),
    request: (endpoint, { path, ...request }) => http({ ...request, url: `http://${endpoint}${path}` }),
    ask: async (endpoint, path, timeoutMs) => {
      const response = await http({ url: `http://${endpoint}${path}`, timeoutMs });
      response.body.on('error', () => undefined).destroy();
      return response.status;
    },
    files: localFiles,
    close: () => Promise.resolve(),
  };
}

export interface EngineAddress {
  readonly base: string;
  /** Null: the base's own host and port. */
  readonly socketPath: string | null;
}

/** One request to the Engine API. */
export function sendTo(
  http: Http,
  { base, socketPath }: EngineAddress,
  { path, signal, ...request }: EngineRequest,
): Promise<HttpResponse> {
  return http({
    url: `${base}${path}`,
    ...request,
    // Also for the body: an engine may stop in the middle of its answer.
    signal: AbortSignal.any([
      AbortSignal.timeout(request.timeoutMs),
      ...(signal === undefined ? [] : [signal]),
    ]),
    ...(socketPath === null ? {} : { socketPath }),
  });
}

/** Where the Engine API is: a base URL, and the socket when it is one. */
export function engineAddress(engine: string): EngineAddress {
  if (engine.startsWith('unix://'))
    return { base: 'http://engine', socketPath: engine.slice('unix://'.length) };
  if (engine.startsWith('/')) return { base: 'http://engine', socketPath: engine };
  return { base: engine.replace(/^tcp:/, 'http:').replace(/\/$/, ''), socketPath: null };
}

/** One line to a socket, and all it answers until it closes. */
export function askSocket(path: string, command: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const socket = connect(path);
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const deadline = setTimeout(
      () => fail(new Error(`no answer on ${path} within ${timeoutMs} ms`)),
      timeoutMs,
    );
    socket.on('connect', () => socket.write(`${command}\n`));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > proxyAnswerLimit)
        fail(new Error(`an answer on ${path} is longer than ${proxyAnswerLimit} bytes`));
    });
    socket.on('error', fail);
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.on('close', () => clearTimeout(deadline));
  });
}

const localFiles: HostFiles = {
  read: (path) => orNull(readFile(path, 'utf8'), 'ENOENT'),
  create: async (path, content) => {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    // Written aside and linked: whoever reads the file never sees half of it.
    const aside = await writeAside(path, content);
    const made = await orNull(
      link(aside, path).then(() => true),
      'EEXIST',
    );
    await rm(aside, { force: true });
    return made ?? false;
  },
  replace: async (path, content) => rename(await writeAside(path, content), path),
  remove: (path) => rm(path, { force: true }),
  sweep: async (path) => {
    const folder = dirname(path);
    for (const name of (await orNull(readdir(folder), 'ENOENT')) ?? []) {
      if (!name.startsWith(`${basename(path)}.`)) continue;
      const left = join(folder, name);
      const made = await orNull(stat(left), 'ENOENT');
      if (made !== null && Date.now() - made.mtimeMs > leftForMs) await rm(left, { force: true });
    }
  },
};

const leftForMs = 5 * 60_000;

async function writeAside(path: string, content: string): Promise<string> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(aside, 'wx', 0o644);
  try {
    await file.writeFile(content);
    // What takes its place must be whole also after the machine went down.
    await file.datasync();
  } finally {
    await file.close();
  }
  return aside;
}

async function orNull<T>(work: Promise<T>, code: string): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === code) return null;
    throw error;
  }
}
