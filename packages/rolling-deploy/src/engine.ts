// The Engine API by plain HTTP: the few calls a deployment needs, in the newest version both sides speak.
import { type Container, logLines, parseContainer, record, text } from './engine-answers.js';
import {
  answerOf,
  beginningOf,
  type Call,
  type CallOptions,
  type CallRequest,
  createCall,
} from './engine-call.js';
import { imageDigests, pull, type RegistryAuth } from './engine-images.js';
import { DeployError } from './errors.js';

/** Oldest API with everything used here (engine 20.10), and the newest this was tried with. */
const oldest = 41;
const newest = 47;

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

/** @throws {DeployError} engine-unreachable, engine-refused */
export async function connectEngine(options: CallOptions): Promise<Engine> {
  const call = createCall(options);
  const version = record(await (await call({ method: 'GET', path: '/version' })).json());
  const apiVersion = negotiate(text(version['ApiVersion']), text(version['MinAPIVersion']));
  return createEngine(apiVersion, options.deadlineMs, (request) =>
    call({ ...request, path: `/v${apiVersion}${request.path}` }),
  );
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

function createEngine(apiVersion: string, deadlineMs: number, call: Call): Engine {
  const change = async (path: string, body?: object, timeoutMs?: number): Promise<unknown> => {
    const request: CallRequest = {
      method: 'POST',
      path,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(body === undefined ? {} : json(body)),
    };
    return answerOf(await call(request), request);
  };
  return {
    apiVersion,
    inspect: (id) => inspect(id, call),
    list: (labels) => list(labels, call),
    imageDigests: (reference) => imageDigests(reference, call),
    pull: (image, auth, signal) => pull({ image, auth, signal }, call),
    ensureNetwork: async (name, labels) => {
      const found = await call({ method: 'GET', path: `/networks/${encodeURIComponent(name)}` });
      await found.text();
      if (found.status !== 200) await change('/networks/create', { Name: name, Labels: labels });
    },
    create: async (name, body) => text(record(await change(`/containers/create?name=${name}`, body))['Id']),
    start: async (id) => void (await change(`/containers/${id}/start`)),
    stop: async (id, graceMs) => {
      const seconds = Math.ceil(graceMs / 1000);
      await change(`/containers/${id}/stop?t=${seconds}`, undefined, graceMs + deadlineMs);
    },
    remove: async (id) => {
      const path = `/containers/${id}?force=1&v=1`;
      const response = await call({ method: 'DELETE', path });
      // 404: gone already; 409: somebody's removal of it is in progress.
      await response.text();
    },
    setRestart: async (id, { name, maximumRetries }) => {
      await change(`/containers/${id}/update`, {
        RestartPolicy: { Name: name, MaximumRetryCount: maximumRetries },
      });
    },
    logs: async (id, count) => {
      const response = await call({
        method: 'GET',
        path: `/containers/${id}/logs?stdout=1&stderr=1&tail=${count}`,
      });
      const { bytes, cut } = await beginningOf(response);
      const lines = response.status === 200 ? logLines(bytes) : [];
      // Half a line may be half a secret, which nothing masks.
      return (cut ? lines.slice(0, -1) : lines).slice(-count);
    },
  };
}

async function inspect(id: string, call: Call): Promise<Container | null> {
  const response = await call({ method: 'GET', path: `/containers/${id}/json` });
  const body = await response.json();
  return response.status === 404 ? null : parseContainer(body);
}

async function list(labels: Readonly<Record<string, string>>, call: Call): Promise<readonly Container[]> {
  const filters = JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) });
  const path = `/containers/json?all=1&filters=${encodeURIComponent(filters)}`;
  const rows = await (await call({ method: 'GET', path })).json();
  const found: Container[] = [];
  for (const row of Array.isArray(rows) ? rows : []) {
    const container = await inspect(text(record(row)['Id']), call);
    if (container !== null) found.push(container);
  }
  return found;
}

function json(body: object): Pick<CallRequest, 'headers' | 'body'> {
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
