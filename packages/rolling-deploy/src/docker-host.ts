// A Docker host and its proxy as the target sees them: who listens where, and whether it answers.
import type { Endpoint } from './endpoint.js';
import type { Engine } from './engine.js';
import { DeployError } from './errors.js';
import type { Identity } from './identity.js';
import type { ProxyControl } from './proxy.js';
import type { Starter } from './starter.js';
import type { Answer, Instance } from './target.js';
import type { Transport } from './transport.js';

/** Milliseconds one health request may take. */
const askDeadlineMs = 5_000;

export interface DockerTargetOptions {
  readonly transport: Transport;
  readonly engine: Engine;
  readonly proxy: ProxyControl;
  readonly identity: Identity;
  readonly starter: Starter;
  readonly healthPath: string;
  readonly stopGraceMs: number;
  /** The proxy's map for requests with a sign; absent: there is none. */
  readonly map?: string;
}

export interface Host extends DockerTargetOptions {
  /** Of each container seen: what the proxy needs still works when the engine does not answer. */
  readonly endpoints: Map<string, Endpoint>;
}

/** The kernel's own refusal, and that of the engine's forwarder, which takes every connection and drops it again. */
const nobodyThere = /ECONNREFUSED|ECONNRESET|EPIPE|socket hang up|connection refused/i;

/** The health path of an instance, asked past the proxy; never rejects. */
export async function ask(host: Host, instance: Instance): Promise<Answer> {
  const endpoint = host.endpoints.get(instance.id);
  return endpoint === undefined
    ? { ok: false, detail: 'no port that its host reaches', listens: false }
    : askAt(host, endpoint);
}

/** The same of whatever listens there. */
export async function askAt(
  { transport, healthPath }: Pick<Host, 'transport' | 'healthPath'>,
  endpoint: Endpoint,
): Promise<Answer> {
  try {
    const status = await transport.ask(endpoint, healthPath, askDeadlineMs);
    return { ok: status >= 200 && status < 400, detail: String(status), listens: true };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, detail, listens: !nobodyThere.test(detail) };
  }
}

/** @throws {DeployError} engine-refused for a container that its host does not reach */
export function endpointOf({ endpoints }: Host, instance: Instance): Endpoint {
  const endpoint = endpoints.get(instance.id);
  if (endpoint !== undefined) return endpoint;
  throw new DeployError({
    code: 'engine-refused',
    message: `${instance.name} has no port that its host reaches`,
    hint: 'Remove the container; it was not made by this version of the action.',
  });
}
