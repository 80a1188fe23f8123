// Puts the parts together for one target: transport, lock, engine, proxy, version.
import { randomBytes } from 'node:crypto';
import type { Deps } from '@headgate/kit/deps';
import { createHttp } from '@headgate/kit/http';
import { revisionOf, type Version } from './container.js';
import { createDockerTarget } from './docker-target.js';
import { connectEngine } from './engine.js';
import { type Identity, identityLabels, labelNames, lockName } from './identity.js';
import type { Inputs } from './inputs.js';
import { connectLocal } from './local-transport.js';
import { acquireLock, type Lock } from './lock.js';
import { connectProxy } from './proxy.js';
import { createStarter, noStarter } from './starter.js';
import type { Target } from './target.js';
import { removeTests, type TestPlace } from './test-container.js';
import type { Transport } from './transport.js';
import type { Wish } from './wish.js';

const proxyDeadlineMs = 5_000;

export interface Connection {
  readonly target: Target;
  readonly revision: string;
  /** Where tests of the deployment run. */
  readonly testPlace: TestPlace;
}

export function connectHost(inputs: Inputs, deps: Deps): Transport {
  const engine = inputs.engine || deps.env['DOCKER_HOST'] || '/var/run/docker.sock';
  // Without the environment: a company's HTTP proxy has no business with loopback.
  return connectLocal({ http: createHttp(), engine, proxySocket: inputs.proxySocket });
}

export function lockHost(inputs: Inputs, deps: Deps, transport: Transport): Promise<Lock> {
  const { context, clock } = deps;
  return acquireLock({
    files: transport.files,
    clock,
    path: `${inputs.lockDirectory}/${lockName(identityOf(inputs, deps))}`,
    owner: `${context.repository.fullName}#${context.runId}`,
    url: context.runUrl,
    expiryMs: inputs.lockExpiry,
  });
}

/** The target as a post step needs it: everything but starting new instances. */
export async function connectForUndo(inputs: Inputs, deps: Deps, transport: Transport): Promise<Target> {
  const host = await connectParts(inputs, deps, transport);
  return createDockerTarget({ ...host, starter: noStarter, stopGraceMs: inputs.stopGrace });
}

/** Removes the test containers of this very run, whoever holds the lock. Answers how many there were. */
export async function removeOwnTests(inputs: Inputs, deps: Deps): Promise<number> {
  const { engine, identity } = await connectParts(inputs, deps, connectHost(inputs, deps));
  return removeTests(engine, identity, runOf(deps));
}

function runOf({ context }: Deps): string {
  return `${context.repository.fullName}#${context.runId}.${context.runAttempt}`;
}

async function connectParts(inputs: Inputs, deps: Deps, transport: Transport) {
  const { clock } = deps;
  return {
    transport,
    engine: await connectEngine({ transport, clock, deadlineMs: inputs.engineDeadline }),
    proxy: connectProxy({ transport, clock, backend: backendOf(inputs), deadlineMs: proxyDeadlineMs }),
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
  const { engine, identity } = host;
  const containers = await engine.list(identityLabels(identity));
  const salt =
    containers.map(({ labels }) => labels.get(labelNames.salt)).find((text) => text !== undefined) ??
    newSalt();
  const { service, image, secrets, auth } = wish;
  const forcedBy = inputs.force ? `${deps.context.runId}.${deps.context.runAttempt}` : '';
  const parts = { service, digest: image.digest, secrets, containerPort: inputs.port, salt };
  const revision = revisionOf({ ...parts, forcedBy });
  const version: Version = { ...parts, image: image.reference, revision };
  const starter = createStarter({ engine, version, identity, auth, random });
  const target = createDockerTarget({
    ...host,
    starter,
    stopGraceMs: service.stopGraceMs ?? inputs.stopGrace,
  });
  return { target, revision, testPlace: { engine, service, secrets, identity, run: runOf(deps) } };
}

function identityOf(inputs: Inputs, { context }: Deps): Identity {
  return {
    application: inputs.application || context.repository.name,
    environment: inputs.environment,
    target: inputs.target,
    service: inputs.service,
    proxy: `${inputs.proxySocket}#${backendOf(inputs)}`,
  };
}

function backendOf({ proxyBackend, service }: Inputs): string {
  return proxyBackend || service;
}

function newSalt(): string {
  return randomBytes(16).toString('hex');
}

function random(): number {
  return randomBytes(4).readUInt32BE() / 0x1_0000_0000;
}
