// The Engine API by plain HTTP: the few calls a deployment needs, the version negotiated, every call with a deadline.
import type { Clock } from '@headgate/kit/clock';
import type { HttpResponse } from '@headgate/kit/http';
import {
  type Container,
  judgePull,
  logLines,
  parseContainer,
  pullError,
  record,
  refusalOf,
  text,
} from './engine-answers.js';
import { DeployError } from './errors.js';
import type { EngineRequest, Transport } from './transport.js';

/** Oldest API with everything used here (engine 20.10), and the newest this was tried with. */
const oldest = 41;
const newest = 47;
const pullDeadlineMs = 600_000;
const logLimit = 256 * 1024;
const retryMs = 250;

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

export interface RestartPolicy {
  readonly name: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  readonly maximumRetries: number;
}

export interface Engine {
  /** `1.45` */
  readonly apiVersion: string;
  /** Containers, running or not, that carry all these labels. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly Container[]>;
  /** Null when there is none. */
  inspect(id: string): Promise<Container | null>;
  /** Every digest the engine knows an image under; null when it has no such image. */
  imageDigests(reference: string): Promise<readonly string[] | null>;
  pull(image: string, auth: RegistryAuth | null, signal: AbortSignal): Promise<void>;
  ensureNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** Answers the new container's id. */
  create(name: string, body: Readonly<Record<string, unknown>>): Promise<string>;
  start(id: string): Promise<void>;
  stop(id: string, graceMs: number): Promise<void>;
  remove(id: string): Promise<void>;
  setRestart(id: string, policy: RestartPolicy): Promise<void>;
  logs(id: string, count: number): Promise<readonly string[]>;
}

export interface EngineOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Milliseconds for an ordinary call. */
  readonly deadlineMs: number;
}

type Call = (
  request: Omit<EngineRequest, 'timeoutMs'> & { readonly timeoutMs?: number },
) => Promise<HttpResponse>;

/** Asks the engine for its version and speaks the newest that both know. @throws {DeployError} engine-unreachable, engine-refused */
export async function connectEngine(options: EngineOptions): Promise<Engine> {
  const call = createCall(options);
  const version = record(await (await call({ method: 'GET', path: '/version' })).json());
  const apiVersion = negotiate(text(version['ApiVersion']), text(version['MinAPIVersion']));
  return createEngine(apiVersion, (request) => call({ ...request, path: `/v${apiVersion}${request.path}` }));
}

/** @throws {DeployError} engine-refused when there is no common version */
export function negotiate(theirs: string, theirOldest: string): string {
  const minor = (version: string): number => Number(/^1\.(\d{1,3})$/.exec(version)?.[1] ?? '0');
  const common = Math.min(minor(theirs), newest);
  if (common >= oldest && common >= minor(theirOldest)) return `1.${common}`;
  throw new DeployError({
    code: 'engine-refused',
    message: `the engine speaks API ${theirOldest || '?'} to ${theirs || '?'}, 1.${oldest} to 1.${newest} was expected`,
    hint: 'Use Docker Engine 20.10 or later on the host.',
  });
}

function createCall({ transport, clock, deadlineMs }: EngineOptions): Call {
  return async (request) => {
    const began = clock.now();
    const timeoutMs = request.timeoutMs ?? deadlineMs;
    for (;;) {
      try {
        return await accepted(await transport.engine({ ...request, timeoutMs }), request);
      } catch (error) {
        if (error instanceof DeployError) throw error;
        request.signal?.throwIfAborted();
        // An engine that restarts refuses connections for a moment: reading may wait for it, changing may not be done twice.
        const late = clock.now() - began + retryMs >= timeoutMs;
        if (request.method !== 'GET' || late) throw unreachable(transport.host, error);
        await clock.sleep(retryMs, request.signal);
      }
    }
  };
}

/** Statuses that answer a question or say "already so" pass; others are refusals with the engine's own words. */
async function accepted(
  response: HttpResponse,
  request: Pick<EngineRequest, 'method' | 'path'>,
): Promise<HttpResponse> {
  if (response.status < 400 || response.status === 404 || response.status === 409) return response;
  throw refusal(request, response.status, await response.text());
}

function createEngine(apiVersion: string, call: Call): Engine {
  const inspect = async (id: string): Promise<Container | null> => {
    const response = await call({ method: 'GET', path: `/containers/${id}/json` });
    const body = await response.json();
    return response.status === 404 ? null : parseContainer(body);
  };
  const change = async (
    method: 'POST' | 'DELETE',
    path: string,
    extra: Partial<EngineRequest> = {},
  ): Promise<unknown> => {
    const response = await call({ method, path, ...extra });
    const answer = await response.text();
    if (response.status >= 400) throw refusal({ method, path }, response.status, answer);
    return answer === '' ? null : parsedOr(answer);
  };
  return {
    apiVersion,
    inspect,
    list: (labels) => list(labels, call, inspect),
    imageDigests: (reference) => imageDigests(reference, call),
    pull: (image, auth, signal) => pull({ image, auth, signal }, call),
    ensureNetwork: async (name, labels) => {
      const found = await call({ method: 'GET', path: `/networks/${encodeURIComponent(name)}` });
      await found.text();
      if (found.status === 200) return;
      await change('POST', '/networks/create', json({ Name: name, Labels: labels }));
    },
    create: async (name, body) =>
      text(record(await change('POST', `/containers/create?name=${name}`, json(body)))['Id']),
    start: async (id) => void (await change('POST', `/containers/${id}/start`)),
    stop: async (id, graceMs) => {
      const seconds = Math.ceil(graceMs / 1000);
      await change('POST', `/containers/${id}/stop?t=${seconds}`, { timeoutMs: graceMs + 15_000 });
    },
    remove: async (id) => {
      const response = await call({
        method: 'DELETE',
        path: `/containers/${id}?force=1&v=1`,
        timeoutMs: 30_000,
      });
      const answer = await response.text();
      // 404: gone; 409: its removal is in progress.
      if (response.status >= 400 && response.status !== 404 && response.status !== 409) {
        throw refusal({ method: 'DELETE', path: `/containers/${id}` }, response.status, answer);
      }
    },
    setRestart: async (id, { name, maximumRetries }) => {
      const policy = { RestartPolicy: { Name: name, MaximumRetryCount: maximumRetries } };
      await change('POST', `/containers/${id}/update`, json(policy));
    },
    logs: (id, count) => logs(id, count, call),
  };
}

async function list(
  labels: Readonly<Record<string, string>>,
  call: Call,
  inspect: (id: string) => Promise<Container | null>,
): Promise<readonly Container[]> {
  const filters = JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) });
  const response = await call({
    method: 'GET',
    path: `/containers/json?all=1&filters=${encodeURIComponent(filters)}`,
  });
  const rows = await response.json();
  const found: Container[] = [];
  for (const row of Array.isArray(rows) ? rows : []) {
    const container = await inspect(text(record(row)['Id']));
    if (container !== null) found.push(container);
  }
  return found;
}

async function imageDigests(reference: string, call: Call): Promise<readonly string[] | null> {
  const response = await call({ method: 'GET', path: `/images/${reference}/json` });
  const image = record(await response.json());
  if (response.status === 404) return null;
  const references = Array.isArray(image['RepoDigests']) ? image['RepoDigests'].map(text) : [];
  return [...references.map((item) => item.slice(item.indexOf('@') + 1)), text(image['Id'])];
}

interface Pull {
  readonly image: string;
  readonly auth: RegistryAuth | null;
  readonly signal: AbortSignal;
}

async function pull({ image, auth, signal }: Pull, call: Call): Promise<void> {
  const credentials = auth === null ? {} : { ...auth, serveraddress: image.slice(0, image.indexOf('/')) };
  // Sent with this one request; the engine keeps nothing of it.
  const headers = { 'X-Registry-Auth': Buffer.from(JSON.stringify(credentials)).toString('base64url') };
  const path = `/images/create?fromImage=${encodeURIComponent(image)}`;
  try {
    const response = await call({ method: 'POST', path, headers, timeoutMs: pullDeadlineMs, signal });
    const answer = await response.text();
    if (response.status >= 400) throw pullError(image, refusalOf(answer));
    judgePull(answer.split('\n'), image);
  } catch (error) {
    // The engine passes a registry's refusal on as its own.
    if (error instanceof DeployError && error.code === 'engine-refused')
      throw pullError(image, error.message);
    throw error;
  }
}

async function logs(id: string, count: number, call: Call): Promise<readonly string[]> {
  const path = `/containers/${id}/logs?stdout=1&stderr=1&tail=${count}`;
  const response = await call({ method: 'GET', path });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    chunks.push(Buffer.from(chunk));
    size += chunks.at(-1)?.length ?? 0;
    if (size > logLimit) break;
  }
  return response.status === 200 ? logLines(Buffer.concat(chunks)).slice(-count) : [];
}

function json(body: Readonly<Record<string, unknown>>): Partial<EngineRequest> {
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

function parsedOr(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}

function refusal(
  { method, path }: Pick<EngineRequest, 'method' | 'path'>,
  status: number,
  body: string,
): DeployError {
  const words = refusalOf(body);
  const cannotRun = /OCI runtime create failed|exec format error|executable file not found/i.test(words);
  return new DeployError({
    code: cannotRun ? 'instance-exited' : 'engine-refused',
    message: `the engine refused ${method} ${path.split('?')[0]?.replace(/[0-9a-f]{64}/g, (id) => id.slice(0, 12))} (${status}): ${words}`,
    hint: cannotRun
      ? 'Check command, entrypoint and the platform the image was built for.'
      : 'Read the engine’s words above; its log on the host says more.',
  });
}

function unreachable(host: string, error: unknown): DeployError {
  return new DeployError({
    code: 'engine-unreachable',
    message: `the engine on ${host} does not answer: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Start the engine, or set engine to the address where it listens, and let this user open it.',
    cause: error,
  });
}
