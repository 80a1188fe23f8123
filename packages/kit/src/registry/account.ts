// Who publishes: the account whose password build-secrets holds, or the job's own token on GitHub's registry.
import { InputError } from '../errors.js';
import type { SecretMap } from '../secrets.js';
import type { Credentials } from './login.js';
import type { ImageName } from './reference.js';

export interface AccountInputs {
  readonly buildSecrets: SecretMap;
  readonly registryUsername: string | null;
  readonly githubToken: string | null;
}

/** It looks at the token alone, but a login has a name. */
const tokenAccount = 'x-access-token';

/**
 * The login for the image's registry; null without a password. A job's token counts on ghcr.io only, where the
 * permission `packages: write` makes it a password (docs.github.com, "Working with the Container registry").
 * @throws {InputError} for a password without an account, which is a slip
 */
export function findCredentials(
  { host }: ImageName,
  { buildSecrets, registryUsername, githubToken }: AccountInputs,
): Credentials | null {
  const password = buildSecrets.group('registries').get(host) ?? null;
  if (password === null) {
    if (host !== 'ghcr.io' || githubToken === null) return null;
    return { username: registryUsername ?? tokenAccount, password: githubToken };
  }
  if (registryUsername !== null) return { username: registryUsername, password };
  throw new InputError(
    'registry-username',
    `build-secrets has a password for ${host}, but no account is named`,
    'Give `registry-username`.',
  );
}
