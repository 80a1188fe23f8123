// A Docker host and its proxy as the target sees them: who listens where, and whether it answers.
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
  /** Loopback port of each container seen: what the proxy needs still works when the engine does not answer. */
  readonly ports: Map<string, number>;
}

/** The kernel's own refusal, and that of the engine's forwarder, which takes every connection and drops it again. */
const nobodyThere = /ECONNREFUSED|ECONNRESET|EPIPE|socket hang up|connection refused/i;

/** The health path of an instance, asked past the proxy; never rejects. */
export async function ask(host: Host, instance: Instance): Promise<Answer> {
  const port = host.ports.get(instance.id);
  return port === undefined
    ? { ok: false, detail: 'no published port', listens: false }
    : askPort(host, port);
}

/** The same of whatever listens on a loopback port of the host. */
export async function askPort(
  { transport, healthPath }: Pick<Host, 'transport' | 'healthPath'>,
  port: number,
): Promise<Answer> {
  try {
    const status = await transport.ask(port, healthPath, askDeadlineMs);
    return { ok: status >= 200 && status < 400, detail: String(status), listens: true };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, detail, listens: !nobodyThere.test(detail) };
  }
}

/** @throws {DeployError} engine-refused for a container without a loopback port */
export function portOf({ ports }: Host, instance: Instance): number {
  const port = ports.get(instance.id);
  if (port !== undefined) return port;
  throw new DeployError({
    code: 'engine-refused',
    message: `${instance.name} publishes no port on the host’s loopback`,
    hint: 'Remove the container; it was not made by this version of the action.',
  });
}
