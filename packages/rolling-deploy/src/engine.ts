// The Engine API by plain HTTP: the few calls a deployment needs, in the newest version both sides speak.
import { type Container, creationOf, parseContainer, record, text } from './engine-answers.js';
import {
  answerOf,
  beginningOf,
  type Call,
  type CallOptions,
  type CallRequest,
  createCall,
} from './engine-call.js';
import { type EngineEvent, hearEvents } from './engine-events.js';
import { createExecs, type EngineExecs } from './engine-execs.js';
import { imageDefaults, imageDigests, pull, type RegistryAuth } from './engine-images.js';
import { createPlaces, type EnginePlaces, ensureNetwork } from './engine-places.js';
import { createStreams, type EngineStreams } from './engine-streams.js';
import { logLines } from './engine-words.js';
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
  /** What containers of an image have unless they say otherwise; empty for an unknown image. */
  imageDefaults(reference: string): Promise<Readonly<Record<string, unknown>>>;
  pull(image: string, auth: RegistryAuth | null, signal: AbortSignal): Promise<void>;
  ensureNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** All that a container was made from, as the engine tells it; null when it is gone. */
  creation(id: string): Promise<Readonly<Record<string, unknown>> | null>;
  /** Answers the new container's id. */
  create(name: string, body: Readonly<Record<string, unknown>>): Promise<string>;
  start(id: string): Promise<void>;
  stop(id: string, graceMs: number): Promise<void>;
  remove(id: string): Promise<void>;
  setRestart(id: string, policy: RestartPolicy): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  logs(id: string, count: number): Promise<readonly string[]>;
  /** Tells what happens to containers with these labels, until the signal aborts. Never rejects. */
  events(
    labels: Readonly<Record<string, string>>,
    heard: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Networks and volumes. */
  readonly places: EnginePlaces;
  /** Commands in containers that run. */
  readonly execs: EngineExecs;
  /** What takes as long as a container lives, and archives. */
  readonly streams: EngineStreams;
}

/** @throws {DeployError} engine-unreachable, engine-refused */
export async function connectEngine(options: CallOptions): Promise<Engine> {
  const call = createCall(options);
  const version = record(await (await call({ method: 'GET', path: '/version' })).json());
  const apiVersion = negotiate(text(version['ApiVersion']), text(version['MinAPIVersion']));
  return createEngine(apiVersion, options, (request) =>
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

function createEngine(apiVersion: string, { deadlineMs, clock }: CallOptions, call: Call): Engine {
  const change = async (path: string, body?: object, more: Partial<CallRequest> = {}): Promise<unknown> => {
    const request: CallRequest = {
      method: 'POST',
      path,
      ...more,
      ...(body === undefined ? {} : json(body)),
    };
    return answerOf(await call(request), request);
  };
  return {
    apiVersion,
    places: createPlaces(call),
    streams: createStreams(call),
    execs: createExecs(call),
    inspect: (id) => inspect(id, call),
    creation: (id) => creation(id, call),
    list: (labels) => list(labels, call),
    events: (labels, heard, signal) => hearEvents({ labels, heard, signal }, call, clock),
    imageDigests: (reference) => imageDigests(reference, call),
    imageDefaults: (reference) => imageDefaults(reference, call),
    pull: (image, auth, signal) => pull({ image, auth, signal }, call, clock),
    ensureNetwork: (name, labels) => ensureNetwork(name, labels, call),
    create: async (name, body) => text(record(await change(`/containers/create?name=${name}`, body))['Id']),
    start: async (id) => void (await change(`/containers/${id}/start`)),
    stop: async (id, graceMs) => {
      const seconds = Math.ceil(graceMs / 1000);
      const more = { timeoutMs: graceMs + deadlineMs, repeatable: true };
      await change(`/containers/${id}/stop?t=${seconds}`, undefined, more);
    },
    remove: async (id) => {
      const path = `/containers/${id}?force=1&v=1`;
      const response = await call({ method: 'DELETE', path });
      // 404: gone already; 409: somebody's removal of it is in progress.
      await response.text();
    },
    setRestart: async (id, { name, maximumRetries }) => {
      const policy = { RestartPolicy: { Name: name, MaximumRetryCount: maximumRetries } };
      await change(`/containers/${id}/update`, policy, { repeatable: true });
    },
    rename: async (id, name) => void (await change(`/containers/${id}/rename?name=${name}`)),
    logs: (id, count) => lastLines(id, count, call),
  };
}

async function lastLines(id: string, count: number, call: Call): Promise<readonly string[]> {
  const path = `/containers/${id}/logs?stdout=1&stderr=1&tail=${count}`;
  const response = await call({ method: 'GET', path });
  const { bytes, cut } = await beginningOf(response);
  const lines = response.status === 200 ? logLines(bytes) : [];
  // Half a line may be half a secret, which nothing masks.
  return (cut ? lines.slice(0, -1) : lines).slice(-count);
}

async function inspect(id: string, call: Call): Promise<Container | null> {
  const response = await call({ method: 'GET', path: `/containers/${id}/json` });
  const body = await response.json();
  return response.status === 404 ? null : parseContainer(body);
}

async function creation(id: string, call: Call): Promise<Readonly<Record<string, unknown>> | null> {
  const response = await call({ method: 'GET', path: `/containers/${id}/json` });
  const body = record(await response.json());
  return response.status === 404 ? null : creationOf(body);
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
