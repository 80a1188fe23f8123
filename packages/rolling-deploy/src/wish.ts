// What to deploy, from the workspace's files and the inputs.
import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import { readService } from './compose.js';
import type { RegistryAuth } from './engine-images.js';
import { resolveEnvironmentSecrets } from './environment-secrets.js';
import { systemCode } from './errors.js';
import type { ImageReference } from './image.js';
import type { Inputs } from './inputs.js';
import { authFor } from './registry-auth.js';
import type { ServiceDefinition } from './service.js';

/** What to deploy, read and judged before the host is touched. */
export interface Wish {
  readonly service: ServiceDefinition;
  readonly image: ImageReference;
  readonly secrets: ReadonlyMap<string, string>;
  readonly auth: RegistryAuth | null;
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
  const secrets = resolveEnvironmentSecrets(inputs.environmentSecrets, inputs.deploySecrets);
  return { service, image, secrets, auth: authFor(inputs, image.registry) };
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
