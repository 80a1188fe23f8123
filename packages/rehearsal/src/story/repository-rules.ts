// What protects the branches, tags and environments of a rehearsed repository, as the guide has a real one set up.
import type { Configuration } from '@headgate/configuration/schema';
import type { EnvironmentSettings, RepositorySettings } from '../repository-settings.js';
import type { Application } from './application.js';
import { environmentSecrets, type KnownSecrets, previewSecrets } from './secrets.js';

/** Slug of the App that merges releases back. */
export const flowApp = 'headgate-flow';

/**
 * Every branch that counts as evidence is protected, and the tags of releases stay where they are. The merge back of a
 * release goes to the development branch by an App on the bypass list, where a job's own token cannot be; unless the
 * story has it otherwise.
 */
export function protectionsOf({
  configuration,
  builtIn,
  story,
}: Pick<Application, 'configuration' | 'builtIn' | 'story'>): Pick<
  RepositorySettings,
  'protectedBranches' | 'protectedTags' | 'reservedTags' | 'bypassApps'
> {
  const { production, development, release, hotfix } = configuration.branches;
  const shared = [production, `${release}**`, `${hotfix}**`];
  const free = story['begins-with'].app === 'free';
  return {
    // The built-in story pushes straight to the development branch.
    protectedBranches: builtIn ? shared : [...shared, development],
    protectedTags: ['v*'],
    // Where no App may pass the rules, nobody but an administrator could make them.
    reservedTags: free ? ['v*'] : [],
    bypassApps: free ? [flowApp] : [],
  };
}

/** Each environment, and the one its plans are made in: both are for its own branches and the production branch. */
export function environmentsOf(
  { branches, environments, previews }: Configuration,
  known: KnownSecrets,
): Record<string, EnvironmentSettings> {
  const { production, development, release, hotfix } = branches;
  const allowed = {
    development: [development, production],
    production: [production],
    release: [`${release}**`, `${hotfix}**`, production],
  };
  // Plans of pull requests into the development branch, with the secrets of its environment: all are throw-away here.
  const integration = Object.values(environments).find(({ branch }) => branch === 'development');
  const shown: EnvironmentSettings = {
    variables: {},
    secrets: integration === undefined ? {} : environmentSecrets(integration, known),
    branches: ['refs/pull/*/merge'],
  };
  const own = Object.fromEntries(
    Object.entries(environments).flatMap(([name, environment]) => {
      const settings: EnvironmentSettings = {
        variables: {},
        secrets: environmentSecrets(environment, known),
        branches: allowed[environment.branch],
      };
      return [name, `${name}-plan`].map((each) => [each, settings] as const);
    }),
  );
  // A host by ssh opens to a key, also where previews go: with a merge, and by schedule.
  const swept = previews?.transport === 'ssh' ? [development, production] : [];
  const preview: EnvironmentSettings = {
    ...shown,
    branches: [...shown.branches, ...swept],
    secrets: previewSecrets(previews, known),
  };
  return { ...own, 'pull-request-plan': shown, preview };
}
