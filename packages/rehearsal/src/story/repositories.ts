// The repositories of a rehearsal: the application as it lies in its folder, and Headgate as it is installed here.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Social } from '../github/social.js';
import type { GitHubHost } from '../model.js';
import { seedRepository } from '../parts/git-seed.js';
import type { Parts } from './real-parts.js';
import { environmentsOf, flowApp, protectionsOf } from './repository-rules.js';
import { roleVariables } from './role-variables.js';
import { type KnownSecrets, repositorySecrets } from './secrets.js';
import type { SettingOptions } from './setting.js';

/** Who owns the application's repository. */
export const owner = 'octo';
const installed = { owner: 'headgate', name: 'headgate', ref: 'refs/heads/v1' };

/**
 * Adds the application's repository, with the variables and secrets that lead to the real parts, and Headgate's own.
 * Returns the application's full name.
 */
export async function addRepositories(
  options: SettingOptions,
  host: GitHubHost & Pick<Social, 'addApp'>,
  parts: Parts,
): Promise<string> {
  const { configuration, directory } = options.application;
  const name = configuration.application;
  const { production, development } = configuration.branches;
  const none = { variables: {}, secrets: {}, environments: {}, protectedBranches: [] };
  const { owner: author, name: actions } = installed;
  const known = await knownSecrets(options, parts);
  await host.addRepository({ ...none, owner: author, name: actions, defaultBranch: 'v1', public: true });
  await host.addRepository({
    owner,
    name,
    defaultBranch: production,
    variables: await variables(options, parts),
    secrets: { ...repositorySecrets(configuration, known), FLOW_SECRETS: flowSecrets(host, name) },
    environments: environmentsOf(configuration, known),
    ...protectionsOf(options.application),
  });
  const time = 1_700_000_000;
  const { run } = options;
  const bare = host.gitDirectory(`${owner}/${name}`);
  const refs = [production, development].map((branch) => `refs/heads/${branch}`);
  await Promise.all([
    seedRepository({ files: directory, bare, refs, message: 'First state of the application', time }, run),
    seedRepository(
      {
        files: options.installation,
        bare: host.gitDirectory(`${installed.owner}/${installed.name}`),
        refs: [installed.ref],
        message: 'Headgate as installed here',
        time,
      },
      run,
    ),
  ]);
  return `${owner}/${name}`;
}

async function variables(
  options: SettingOptions,
  { registry, proxy, docker, mail, stateDirectory }: Parts,
): Promise<Record<string, string>> {
  const values = {
    registry: registry.host,
    registryUsername: registry.username,
    proxySocket: proxy.socket,
    engine: docker.address,
    mail,
    stateDirectory,
    urlOf: (backend: string) => proxy.urlOf(backend),
  };
  const authorities = options.env['NODE_EXTRA_CA_CERTS'];
  return {
    // Where the machine's own network needs extra authorities, a build needs them too.
    ...(authorities === undefined || authorities === '' ? {} : { CERTIFICATES: dirname(authorities) }),
    ...roleVariables(options.application.configuration, values),
    ...Object.fromEntries(options.variables),
  };
}

/** The registry's password, and the user's npm settings for builds that ask for them. */
async function knownSecrets(options: SettingOptions, { registry, mail }: Parts): Promise<KnownSecrets> {
  const npmrc = await readFile(join(options.env['HOME'] ?? '/', '.npmrc'), 'utf8').catch(() => '');
  return {
    registries: { [registry.host]: registry.password },
    mailPassword: mail.password,
    npmrc: npmrc.trim().length < 8 ? '' : npmrc,
  };
}

/** Registers the App that merges releases back: its number and key, as FLOW_SECRETS holds them. */
function flowSecrets(host: Pick<Social, 'addApp'>, name: string): string {
  const permissions = { contents: 'write', pull_requests: 'write' } as const;
  const app = host.addApp({ slug: flowApp, owner, permissions, repositories: [`${owner}/${name}`] });
  return JSON.stringify({ 'app-id': app.clientId, 'app-private-key': app.privateKey });
}
