// Who logs in to a registry to pull from it.
import { InputError } from '@headgate/kit/errors';
import type { RegistryAuth } from './engine-images.js';
import type { Inputs } from './inputs.js';

/** Null when the secrets have no password for it. @throws {InputError} for a password without a user */
export function authFor(
  inputs: Pick<Inputs, 'deploySecrets' | 'registryUsername'>,
  registry: string,
): RegistryAuth | null {
  const password = inputs.deploySecrets.group('registries').get(registry);
  if (password === undefined) return null;
  if (inputs.registryUsername !== '') return { username: inputs.registryUsername, password };
  const problem = `it is empty, and deploy-secrets has a password for ${registry}`;
  throw new InputError('registry-username', problem, 'Name the user the password belongs to.');
}
