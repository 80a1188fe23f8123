// Puts the parts together for one target: transport, engine, proxy, version.
import { randomBytes } from 'node:crypto';
import type { Deps } from '@headgate/kit/deps';
import { usualMap } from '@headgate/kit/haproxy-map';
import { createHttp } from '@headgate/kit/http';
import { revisionOf, type Version } from './container.js';
import type { DockerTargetOptions } from './docker-host.js';
import { createDockerTarget } from './docker-target.js';
import { connectEngine } from './engine.js';
import type { Container } from './engine-answers.js';
import { withGap } from './gap-target.js';
import { backendOf, identityOf } from './host-identity.js';
import { identityLabels, labelNames } from './identity.js';
import type { Inputs } from './inputs.js';
import { connectLocal } from './local-transport.js';
import type { OneOffPlace } from './one-off.js';
import { removeTests } from './one-off-labels.js';
import { connectProxy } from './proxy.js';
import { connectSshLazily } from './ssh-lazy.js';
import { createStarter, noStarter } from './starter.js';
import type { Target } from './target.js';
import { recordTraffic, type TrafficRecord } from './traffic-record.js';
import type { Transport } from './transport.js';
import type { Wish } from './wish.js';
import { createWorkerTarget, noProxy } from './worker-target.js';

const proxyDeadlineMs = 5_000;

export interface Connection {
  readonly target: Target;
  readonly revision: string;
  /** Who got the traffic meanwhile. */
  readonly traffic: TrafficRecord;
  /** Where tests of the deployment run; null when there is no service to run them beside. */
  readonly testPlace: OneOffPlace | null;
}

const systemSocket = '/var/run/docker.sock';

/** Opens nothing; `close` it in any case. */
export function connectHost(
  inputs: Pick<Inputs, 'engine' | 'proxySocket'> & Partial<Pick<Inputs, 'ssh'>>,
  deps: Deps,
): Transport {
  const { ssh: access = null, proxySocket } = inputs;
  if (access !== null)
    return connectSshLazily({ access, engine: inputs.engine || systemSocket, proxySocket }, deps);
  const engine = inputs.engine || deps.env['DOCKER_HOST'] || systemSocket;
  // Without the environment: a company's HTTP proxy has no business with loopback.
  return connectLocal({ http: createHttp(), engine, proxySocket });
}

/** The target as a post step needs it: everything but starting new instances. */
export async function connectForUndo(inputs: Inputs, deps: Deps, transport: Transport): Promise<Target> {
  const host = await connectParts(inputs, deps, transport);
  return targetOf(inputs, { ...host, starter: noStarter, stopGraceMs: inputs.stopGrace });
}

/** Removes the test containers of this very run, whoever holds the lock. Answers how many there were. */
export async function removeOwnTests(inputs: Inputs, deps: Deps): Promise<number> {
  const transport = connectHost(inputs, deps);
  try {
    const { engine, identity } = await connectParts(inputs, deps, transport);
    return await removeTests(engine, identity, runOf(deps));
  } finally {
    await transport.close();
  }
}

/** Names the run and its attempt. */
export function runOf({ context }: Deps): string {
  return `${context.repository.fullName}#${context.runId}.${context.runAttempt}`;
}

/** Everything about a host but what is to be deployed there. */
export async function connectParts(inputs: Inputs, deps: Deps, transport: Transport) {
  const { clock, core } = deps;
  return {
    transport,
    engine: await connectEngine({ transport, clock, deadlineMs: inputs.engineDeadline }),
    proxy:
      inputs.port === null
        ? noProxy
        : connectProxy({
            transport,
            clock,
            backend: backendOf(inputs),
            deadlineMs: proxyDeadlineMs,
            log: core,
          }),
    identity: identityOf(inputs, deps),
    healthPath: inputs.healthPath,
  };
}

export async function connectTarget(
  inputs: Inputs,
  wish: Wish,
  deps: Deps,
  transport: Transport,
): Promise<Connection> {
  const host = await connectParts(inputs, deps, transport);
  if (inputs.reach === 'address') await host.proxy.keepsAddresses();
  const { engine, identity } = host;
  const version = versionOf(wish, await engine.list(identityLabels(identity)), inputs, deps);
  const { service, secrets, auth } = wish;
  const { revision } = version;
  const { clock } = deps;
  const needsDeadlineMs = inputs.healthDeadline;
  const starter = createStarter({ engine, version, identity, auth, clock, needsDeadlineMs, random });
  const stopGraceMs = service.stopGraceMs ?? inputs.stopGrace;
  const testPlace = { engine, service, secrets, identity, run: runOf(deps) };
  return connectionTo(inputs, { ...host, starter, stopGraceMs }, { revision, testPlace }, deps);
}

/** The target of such a service, with its traffic recorded. */
export function connectionTo(
  inputs: Inputs,
  options: DockerTargetOptions,
  { revision, testPlace }: Pick<Connection, 'revision' | 'testPlace'>,
  { clock, core }: Deps,
): Connection {
  const log = (line: string): void => core.info(line);
  const { target, record } = recordTraffic(targetOf(inputs, options), { clock, revision, log });
  return { target, revision, traffic: record, testPlace };
}

/** By the service's shape: with a router or without, side by side or one after the other. */
function targetOf(inputs: Inputs, options: DockerTargetOptions): Target {
  const { port, allowGap, strategy } = inputs;
  const map = strategy.kind !== 'ab' ? {} : { map: strategy.map || usualMap(backendOf(inputs)) };
  const target = port === null ? createWorkerTarget(options) : createDockerTarget({ ...options, ...map });
  if (!allowGap) return target;
  const nameFor = ({ name }: Container): string => `${name}-${randomBytes(3).toString('hex')}`;
  return withGap(target, { ...options, nameFor });
}

/** What is wished for, under the key that the service's containers on the host carry. */
export function versionOf(
  { service, image, release, secrets }: Wish,
  containers: readonly Container[],
  { force, port, reach }: Inputs,
  { context }: Deps,
): Version {
  const salt =
    containers.map(({ labels }) => labels.get(labelNames.salt)).find((text) => text !== undefined) ??
    newSalt();
  const forcedBy = force ? `${context.runId}.${context.runAttempt}` : '';
  const parts = { service, digest: image.digest, secrets, containerPort: port, reach, salt };
  const revision = revisionOf({ ...parts, forcedBy });
  return { ...parts, image: image.reference, revision, release };
}

function newSalt(): string {
  return randomBytes(16).toString('hex');
}

export function random(): number {
  return randomBytes(4).readUInt32BE() / 0x1_0000_0000;
}
