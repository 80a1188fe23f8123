// Which repository on which GitHub is looked at, and with which token. A token goes nowhere that was not named by its owner.
import { isRepositoryName } from '../command-line.js';
import type { HostProcess } from '../host-process.js';
import type { Remote } from '../init/git-facts.js';
import { UsageError } from '../usage-error.js';

export interface GitHubPlace {
  readonly owner: string;
  readonly name: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
}

/** @throws {UsageError} */
export function placeOf(
  repository: string | null,
  remote: Remote | null,
  env: HostProcess['env'],
): GitHubPlace {
  const given = repository !== null && isRepositoryName(repository) ? repository.split('/') : null;
  const [owner, name] = given ?? [remote?.owner, remote?.name];
  if (owner === undefined || name === undefined) {
    throw new UsageError(
      'no repository: origin is no address on GitHub, and --repository was not given',
      'Pass --repository OWNER/NAME.',
    );
  }
  const apiUrl = (env['GITHUB_API_URL'] ?? '').replace(/\/+$/, '');
  if (apiUrl !== '') return { owner, name, apiUrl, serverUrl: serverOf(apiUrl, env) };
  // The remote is the repository's word: it does not decide where a token is sent.
  if (given === null && remote !== null && remote.host !== 'github.com') {
    throw new UsageError(
      `origin lies on ${remote.host}, and GITHUB_API_URL is not set`,
      `Set GITHUB_API_URL to https://${remote.host}/api/v3 if that is your GitHub.`,
    );
  }
  return { owner, name, apiUrl: 'https://api.github.com', serverUrl: 'https://github.com' };
}

/** @throws {UsageError} */
export function tokenOf(env: HostProcess['env']): string {
  const token = (env['GITHUB_TOKEN'] ?? '') || (env['GH_TOKEN'] ?? '');
  if (token !== '') return token;
  throw new UsageError(
    'no token: neither GITHUB_TOKEN nor GH_TOKEN is set',
    'Set GITHUB_TOKEN, for example GITHUB_TOKEN=$(gh auth token). It is only read with.',
  );
}

function serverOf(apiUrl: string, env: HostProcess['env']): string {
  const given = (env['GITHUB_SERVER_URL'] ?? '').replace(/\/+$/, '');
  if (given !== '') return given;
  return apiUrl === 'https://api.github.com' ? 'https://github.com' : apiUrl.replace(/\/api(?:\/v3)?$/, '');
}
