// Puts the parts together for one target: transport, lock, engine, proxy, version.
import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import { createHttp } from '@headgate/kit/http';
import { requireSecret } from '@headgate/kit/secrets';
import { readService } from './compose.js';
import { revisionOf, type Version } from './container.js';
import { createDockerTarget } from './docker-target.js';
import { connectEngine, type RegistryAuth } from './engine.js';
import { systemCode } from './errors.js';
import { type Identity, identityLabels, labelNames, lockName } from './identity.js';
import type { ImageReference } from './image.js';
import type { Inputs } from './inputs.js';
import { connectLocal } from './local-transport.js';
import { acquireLock, type Lock } from './lock.js';
import { connectProxy } from './proxy.js';
import type { ServiceDefinition } from './service.js';
import { createStarter, noStarter } from './starter.js';
import type { Target } from './target.js';
import type { Transport } from './transport.js';

const proxyDeadlineMs = 5_000;

/** What to deploy, read and judged before the host is touched. */
export interface Wish {
  readonly service: ServiceDefinition;
  readonly image: ImageReference;
  readonly secrets: ReadonlyMap<string, string>;
  readonly auth: RegistryAuth | null;
}

export interface Connection {
  readonly target: Target;
  readonly revision: string;
}

/** @throws {DeployError | InputError} for everything that is wrong with files and inputs */
export async function readWish(inputs: Inputs, image: ImageReference, deps: Deps): Promise<Wish> {
  const { workspace, repository } = deps.context;
  const file = await inWorkspace(workspace, inputs.composeFile, 'compose-file');
  const text = await contentOf(file);
  if (text === null) {
    throw new InputError(
      'compose-file',
      `${inputs.composeFile} was not found`,
      'Check out the repository first, and check the path.',
    );
  }
  const service = await readService({
    name: inputs.composeFile,
    text,
    vars: inputs.vars,
    service: inputs.service,
    project: projectOf(inputs.application || repository.name),
    readFile: async (path) =>
      contentOf(await inWorkspace(workspace, resolve(dirname(file), path), 'compose-file')),
  });
  const secrets = new Map(
    inputs.environmentSecrets.map((name) => {
      return [name, requireSecret(inputs.deploySecrets, 'environment', name, 'deploy-secrets')] as const;
    }),
  );
  return { service, image, secrets, auth: authFor(inputs, image.registry) };
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
  return { target, revision };
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

function authFor(inputs: Inputs, registry: string): RegistryAuth | null {
  const password = inputs.deploySecrets.group('registries').get(registry);
  if (password === undefined) return null;
  if (inputs.registryUsername !== '') return { username: inputs.registryUsername, password };
  const problem = `it is empty, and deploy-secrets has a password for ${registry}`;
  throw new InputError('registry-username', problem, 'Name the user the password belongs to.');
}

/** Compose's own rule for a folder's name. */
function projectOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, '')
      .replace(/^[_-]+/, '') || 'default'
  );
}

/** @throws {InputError} when the path, links followed, leads out of the workspace */
async function inWorkspace(workspace: string, path: string, input: string): Promise<string> {
  const wanted = resolve(workspace, path);
  const real = await realpath(wanted).catch(() => wanted);
  const way = relative(await realpath(workspace).catch(() => workspace), real);
  if (way !== '' && !way.startsWith('..') && !isAbsolute(way)) return real;
  throw new InputError(
    input,
    `${path} is outside the workspace`,
    'Name a file inside the checked-out repository.',
  );
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function newSalt(): string {
  return randomBytes(16).toString('hex');
}

function random(): number {
  return randomBytes(4).readUInt32BE() / 0x1_0000_0000;
}
