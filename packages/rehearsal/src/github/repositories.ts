// Repositories and forks as a rehearsal adds them.
import { join } from 'node:path';
import type { RepositorySettings } from '../repository-settings.js';
import { createGitStore } from './git-store.js';
import { accountOf, findRepository, type RepositoryState, type State, stableId } from './state.js';

/** Throws when the rehearsal has no such repository. */
export function repositoryNamed(state: State, fullName: string): RepositoryState {
  const repository = findRepository(state, fullName);
  if (repository === undefined) throw new Error(`no repository ${fullName} in this rehearsal`);
  return repository;
}

/** Adds an empty repository, or a copy of `source` that is its fork. Rejects on a bad or taken name. */
export async function addRepository(
  state: State,
  settings: RepositorySettings,
  source?: RepositoryState,
): Promise<void> {
  const fullName = `${settings.owner}/${settings.name}`;
  const valid = /^[\w.-]+\/[\w.-]+$/u.test(fullName) && !/(?:^|\/)\.{1,2}(?:\/|$)/u.test(fullName);
  if (!valid) throw new Error(`not a repository name: ${JSON.stringify(fullName)}`);
  if (findRepository(state, fullName) !== undefined) throw new Error(`repository ${fullName} exists already`);
  const directory = join(state.directory, 'repositories', settings.owner, `${settings.name}.git`);
  const git = await createGitStore(directory, settings.defaultBranch, source?.git.directory);
  const isPerson = state.people.has(settings.owner.toLowerCase()) || source !== undefined;
  accountOf(state, settings.owner, isPerson ? 'User' : 'Organization');
  const now = state.clock.now();
  state.repositories.set(fullName.toLowerCase(), {
    id: stableId('repository', fullName),
    fullName,
    settings,
    forkOf: source?.fullName ?? null,
    git,
    createdAt: now,
    pushedAt: now,
    nextNumber: 1,
    issues: new Map(),
    comments: new Map(),
    deployments: new Map(),
    statuses: [],
    releases: new Map(),
    queue: Promise.resolve(),
  });
}

/** A fork under another owner; returns its full name. */
export async function addFork(state: State, fullName: string, owner: string): Promise<string> {
  const source = repositoryNamed(state, fullName);
  // Secrets, variables and environments stay behind.
  // Source: https://docs.github.com/pull-requests/collaborating-with-pull-requests/working-with-forks/about-permissions-and-visibility-of-forks
  const bare = {
    variables: {},
    secrets: {},
    environments: {},
    protectedBranches: [],
    protectedTags: [],
    requiredChecks: [],
  };
  await addRepository(state, { ...source.settings, ...bare, owner }, source);
  return `${owner}/${source.settings.name}`;
}
