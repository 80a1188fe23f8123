// The repositories of a rehearsal: the application as it lies in its folder, and Headgate as it is installed here.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EnvironmentSettings, GitHubHost } from '../model.js';
import { seedRepository } from '../parts/git-seed.js';
import type { RegistryPart } from '../parts/registry.js';
import type { Application } from './application.js';
import { roleVariables } from './roles.js';
import type { Parts, SettingOptions } from './setting.js';

/** Who owns the application's repository. */
export const owner = 'octo';
const installed = { owner: 'headgate', name: 'headgate', ref: 'refs/heads/v1' };

/**
 * Adds the application's repository, with the variables and secrets that lead to the real parts, and Headgate's own.
 * Returns the application's full name.
 */
export async function addRepositories(
  options: SettingOptions,
  host: GitHubHost,
  parts: Parts,
): Promise<string> {
  const { configuration, builtIn, directory } = options.application;
  const name = configuration.application;
  const { production, development } = configuration.branches;
  const none = { variables: {}, secrets: {}, environments: {}, protectedBranches: [] };
  const { owner: author, name: actions } = installed;
  await host.addRepository({ ...none, owner: author, name: actions, defaultBranch: 'v1', public: true });
  await host.addRepository({
    ...none,
    owner,
    name,
    defaultBranch: production,
    variables: await variables(options, parts),
    secrets: await secrets(options, parts.registry),
    environments: environmentsOf(options.application),
    // The built-in story pushes straight to the development branch.
    protectedBranches: builtIn ? [production] : [production, development],
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
  { registry, proxy, docker }: Parts,
): Promise<Record<string, string>> {
  const values = {
    registry: registry.host,
    registryUsername: registry.username,
    proxySocket: proxy.socket,
    engine: docker.address,
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

/** The registry's password, and the user's npm settings for builds that ask for them. JSON is YAML. */
async function secrets(options: SettingOptions, registry: RegistryPart): Promise<Record<string, string>> {
  const registries = { [registry.host]: registry.password };
  const npmrc = await readFile(join(options.env['HOME'] ?? '/', '.npmrc'), 'utf8').catch(() => '');
  const build = npmrc.trim().length < 8 ? {} : { NPMRC: npmrc };
  return {
    BUILD_SECRETS: JSON.stringify({ registries, build }),
    DEPLOY_SECRETS: JSON.stringify({ registries }),
  };
}

function environmentsOf({ configuration }: Application): Record<string, EnvironmentSettings> {
  const { production, development, release, hotfix } = configuration.branches;
  const branches = {
    development: [development],
    production: [production],
    release: [`${release}**`, `${hotfix}**`],
  };
  return Object.fromEntries(
    Object.entries(configuration.environments).map(([name, environment]) => [
      name,
      { variables: {}, secrets: {}, branches: branches[environment.branch] },
    ]),
  );
}
