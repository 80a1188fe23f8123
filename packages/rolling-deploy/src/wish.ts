// What to deploy, from the workspace's files and the inputs.
import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import { maskSecret } from '@headgate/kit/secrets';
import { type ComposeRequest, readService } from './compose.js';
import type { Delivery } from './delivery.js';
import type { RegistryAuth } from './engine-images.js';
import { resolveEnvironmentSecrets } from './environment-secrets.js';
import { systemCode } from './errors.js';
import type { ImageReference } from './image.js';
import type { Inputs } from './inputs.js';
import { authFor } from './registry-auth.js';
import type { ServiceDefinition } from './service.js';

const shortestMask = 8;

/** What to deploy, read and judged before the host is touched. */
export interface Wish {
  readonly service: ServiceDefinition;
  readonly image: ImageReference;
  /** Of a release; null for anything else. */
  readonly release: string | null;
  readonly secrets: ReadonlyMap<string, string>;
  readonly auth: RegistryAuth | null;
}

/** @throws {DeployError | InputError} for everything that is wrong with files and inputs */
export async function readWish(
  inputs: Inputs,
  { image, version }: Pick<Delivery, 'image' | 'version'>,
  deps: Deps,
): Promise<Wish> {
  const gap = inputs.allowGap ? 'allowed' : 'refused';
  const { service, secrets } = await readServiceWish(inputs, deps, gap);
  return { service, image, release: version, secrets, auth: authFor(inputs, image.registry) };
}

type ServiceInputs = Pick<
  Inputs,
  'composeFile' | 'vars' | 'service' | 'application' | 'environmentSecrets' | 'deploySecrets'
>;

/** The service as the compose file describes it, and the secrets that are its variables. @throws {DeployError | InputError} */
export async function readServiceWish(
  inputs: ServiceInputs,
  deps: Deps,
  gap: 'allowed' | 'refused',
): Promise<Pick<Wish, 'service' | 'secrets'>> {
  const all = resolveEnvironmentSecrets(inputs.environmentSecrets, inputs.deploySecrets);
  const service = await readService({
    ...(await openComposeFile(inputs.composeFile, deps)),
    vars: inputs.vars,
    service: inputs.service,
    project: projectOf(inputs.application || deps.context.repository.name),
    gap,
    secrets: all,
  });
  maskFiles(service.files, deps);
  const secrets = new Map([...all].filter(([name]) => !service.fileSecrets.includes(name)));
  return { service, secrets };
}

/** Secrets of files have not gone through deploy-secrets, where all are masked; of a short one masking would blank the log. */
function maskFiles(files: ServiceDefinition['files'], { core }: Deps): void {
  for (const { content, isSecret } of files) {
    const text = Buffer.from(content, 'base64').toString('utf8').trim();
    if (isSecret && text.length >= shortestMask) maskSecret(text, (value) => core.setSecret(value));
  }
}

/** The text of the compose file, and what it names relative to itself. @throws {InputError} */
export async function openComposeFile(
  path: string,
  { context }: Pick<Deps, 'context'>,
): Promise<Pick<ComposeRequest, 'name' | 'text' | 'readFile'>> {
  const { workspace } = context;
  const file = await inWorkspace(workspace, path, 'compose-file');
  const text = await contentOf(file);
  if (text === null) {
    const hint = 'Check out the repository first, and check the path.';
    throw new InputError('compose-file', `${path} was not found`, hint);
  }
  return {
    name: path,
    text,
    readFile: async (other) =>
      bytesOf(await inWorkspace(workspace, resolve(dirname(file), other), 'compose-file')),
  };
}

/** A text file of the workspace that an input names. @throws {InputError} */
export async function readWorkspaceFile(workspace: string, path: string, input: string): Promise<string> {
  const text = await contentOf(await inWorkspace(workspace, path, input));
  if (text !== null) return text;
  throw new InputError(input, `${path} was not found`, 'Check out the repository first, and check the path.');
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
  return (await bytesOf(path))?.toString('utf8') ?? null;
}

async function bytesOf(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
