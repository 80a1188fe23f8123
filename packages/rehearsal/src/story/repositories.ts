// The repositories of a rehearsal: the application as it lies in its folder, and Headgate as it is installed here.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Social } from '../github/social.js';
import type { GitHubHost } from '../model.js';
import { fetchSeed, type SeededFolder } from '../parts/git-edits.js';
import { type Seed, seedRepository } from '../parts/git-seed.js';
import { installedRepositories } from './installed.js';
import { places } from './last-rehearsal.js';
import { writeMirror } from './mirror-files.js';
import type { Parts } from './real-parts.js';
import { environmentsOf, flowApp, protectionsOf } from './repository-rules.js';
import { roleVariables } from './role-variables.js';
import { type KnownSecrets, repositorySecrets } from './secrets.js';
import type { SettingOptions } from './setting.js';
import type { Frontend } from './target-places.js';

/** Who owns the application's repository. */
export const owner = 'octo';
/** The branch that holds what is installed; every reference that a workflow may name leads to it. */
const release = 'v1';
/** Of every first commit: the same files give the same one. */
const time = 1_700_000_000;

/**
 * Adds the application's repository, with the variables and secrets that lead to the real parts, and Headgate's own.
 * Returns the application's full name, and the folders that the repositories were made of.
 */
export async function addRepositories(
  options: SettingOptions,
  host: GitHubHost & Pick<Social, 'addApp'>,
  parts: Parts,
): Promise<Repositories> {
  const { configuration, files, story } = options.application;
  const begins = story['begins-with'];
  const name = configuration.application;
  const { production, development } = configuration.branches;
  const known = await knownSecrets(options, parts);
  await host.addRepository({
    owner,
    name,
    defaultBranch: production,
    variables: await variables(options, parts),
    secrets: {
      ...repositorySecrets(configuration, known),
      ...(begins.app === 'none' ? {} : { FLOW_SECRETS: flowSecrets(host, name) }),
    },
    environments: environmentsOf(configuration, known),
    ...protectionsOf(options.application),
  });
  const refs = [production, development].map((branch) => `refs/heads/${branch}`);
  const repository = `${owner}/${name}`;
  const own = { files, tags: begins.tags, bare: host.gitDirectory(repository), refs };
  const [first, others] = await Promise.all([
    seed(repository, { ...own, message: 'First state of the application' }, options),
    addInstalled(options, host),
  ]);
  return { repository, folders: new Map([first, ...others]) };
}

async function seed(
  fullName: string,
  seeded: Omit<Seed, 'time'>,
  options: SettingOptions,
): Promise<readonly [string, SeededFolder]> {
  const commit = await seedOrFetch(fullName, { ...seeded, time }, options);
  return [fullName, { files: seeded.files, bare: seeded.bare, commit }];
}

/** As the folder is now, or as the last rehearsal took it; the edits since then are laid over it elsewhere. */
async function seedOrFetch(repository: string, seed: Seed, { last, run }: SettingOptions): Promise<string> {
  const commit = last?.commits[repository];
  if (last === undefined || commit === undefined) return seedRepository(seed, run);
  const file = places.bundle(last.folder, repository);
  await fetchSeed({ bare: seed.bare, file, commit, refs: seed.refs }, run);
  return commit;
}

export interface Repositories {
  /** `owner/name` of the application. */
  readonly repository: string;
  readonly folders: ReadonlyMap<string, SeededFolder>;
}

/** The installed Headgate, under every name that the application's workflows have for it. */
async function addInstalled(
  options: SettingOptions,
  host: GitHubHost,
): Promise<readonly (readonly [string, SeededFolder])[]> {
  const { application, directory, installation } = options;
  const own = `${owner}/${application.configuration.application}`;
  const none = { variables: {}, secrets: {}, environments: {}, protectedBranches: [] };
  const settings = { ...none, defaultBranch: release, public: true, everyReference: true };
  const message = 'Headgate as installed here';
  const added: (readonly [string, SeededFolder])[] = [];
  for (const each of await installedRepositories(application.directory, installation)) {
    const name = `${each.owner}/${each.name}`;
    // An application may have such a name itself.
    if (name === own) continue;
    const mirror = join(directory, 'mirrors', each.name);
    if (each.mirror) await writeMirror(each.files, mirror);
    await host.addRepository({ ...settings, owner: each.owner, name: each.name });
    const place = { files: each.mirror ? mirror : each.files, bare: host.gitDirectory(name) };
    added.push(await seed(name, { ...place, refs: [`refs/heads/${release}`], message }, options));
  }
  return added;
}

async function variables(
  options: SettingOptions,
  { registry, proxies, docker, mail, stateDirectory, mapOf, signing }: Parts,
): Promise<Record<string, string>> {
  const values = {
    registry: registry.host,
    registryUsername: registry.username,
    engine: docker.address,
    mail,
    stateDirectory,
    mapOf,
    publicKey: signing.publicKey,
    socketOf: (name: string) => proxies.get(name)?.socket ?? '',
    urlOf: ({ proxy, backend }: Frontend) => proxies.get(proxy)?.urlOf(backend) ?? '',
  };
  const authorities = options.env['NODE_EXTRA_CA_CERTS'];
  return {
    // Where the machine's own network needs extra authorities, a build needs them too.
    ...(authorities === undefined || authorities === '' ? {} : { CERTIFICATES: dirname(authorities) }),
    ...roleVariables(options.application.configuration, values),
    ...Object.fromEntries(options.variables),
  };
}

/** The registry's password, the key that signs, and the user's npm settings for builds that ask for them. */
async function knownSecrets(
  options: SettingOptions,
  { registry, mail, signing }: Parts,
): Promise<KnownSecrets> {
  const npmrc = await readFile(join(options.env['HOME'] ?? '/', '.npmrc'), 'utf8').catch(() => '');
  return {
    registries: { [registry.host]: registry.password },
    mailPassword: mail.password,
    signingKey: signing.privateKey,
    npmrc: npmrc.trim().length < 8 ? '' : npmrc,
  };
}

/** Registers the App that merges releases back: its number and key, as FLOW_SECRETS holds them. */
function flowSecrets(host: Pick<Social, 'addApp'>, name: string): string {
  const permissions = { contents: 'write', pull_requests: 'write' } as const;
  const app = host.addApp({ slug: flowApp, owner, permissions, repositories: [`${owner}/${name}`] });
  return JSON.stringify({ 'app-id': app.clientId, 'app-private-key': app.privateKey });
}
