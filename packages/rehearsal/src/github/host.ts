// GitHub on this machine: repositories, REST, events and people, for the engine, the runner and the stories.

import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@headgate/kit/clock';
import type { GitHubHost, RepositorySettings } from '../model.js';
import { createAccess } from './access.js';
import { addArtifact } from './artifact-store.js';
import { createGitStore } from './git-store.js';
import { createLimits } from './rate-limit.js';
import { registry } from './registry.js';
import { createRest } from './rest.js';
import { listen, shut } from './server.js';
import { createPerson, type Social } from './social.js';
import { accountOf, findRepository, type RepositoryState, type State, stableId } from './state.js';

export interface GitHubOptions {
  /** Where the bare repositories are kept. */
  readonly directory: string;
  readonly clock: Clock;
  /** A free one unless said. */
  readonly port?: number;
}

function createState(options: GitHubOptions): State {
  let last = 1000;
  return {
    clock: options.clock,
    directory: options.directory,
    serverUrl: '',
    apiUrl: '',
    nextId: () => {
      last += 1;
      return last;
    },
    repositories: new Map(),
    accounts: new Map(),
    people: new Set(),
    teams: new Map(),
    runs: new Map(),
    artifacts: [],
    blobs: new Map(),
    violations: [],
    requests: [],
    eventListeners: [],
    runListeners: [],
  };
}

function repositoryNamed(state: State, fullName: string): RepositoryState {
  const repository = findRepository(state, fullName);
  if (repository === undefined) throw new Error(`no repository ${fullName} in this rehearsal`);
  return repository;
}

async function addRepository(
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

async function addFork(state: State, fullName: string, owner: string): Promise<string> {
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

/** Starts the double on 127.0.0.1. Rejects when the port is taken or git is missing. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubHost & Social> {
  const state = createState(options);
  const access = createAccess(state);
  const rest = createRest({ state, access, registry, limits: createLimits(options.clock) });
  const server = await listen({ state, access, rest }, options.port ?? 0);
  state.serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.apiUrl = `${state.serverUrl}/api/v3`;
  const connection = { serverUrl: () => state.serverUrl, apiUrl: () => state.apiUrl };
  return {
    serverUrl: state.serverUrl,
    apiUrl: state.apiUrl,
    addRepository: (settings) => addRepository(state, settings),
    repository: (fullName) => repositoryNamed(state, fullName).settings,
    gitDirectory: (fullName) => repositoryNamed(state, fullName).git.directory,
    grantToken: access.grant,
    revokeToken: access.revoke,
    onEvent: (listener) => {
      state.eventListeners.push(listener);
    },
    onRunRequest: (listener) => {
      state.runListeners.push(listener);
    },
    runs: state.runs,
    nextId: state.nextId,
    addArtifact: (artifact, overwrite) => addArtifact(state, artifact, overwrite),
    artifacts: ({ repository, runId, name }) =>
      state.artifacts.filter(
        (artifact) =>
          artifact.repository === repository &&
          (runId === undefined || artifact.runId === runId) &&
          (name === undefined || artifact.name === name),
      ),
    requests: state.requests,
    violations: state.violations,
    person: (login, { role }) => {
      access.setRole(login, role);
      return createPerson(login, access.token(login), connection);
    },
    token: (login) => access.token(login),
    addFork: (fullName, owner) => addFork(state, fullName, owner),
    addTeam: (org, slug, members) => {
      accountOf(state, org, 'Organization');
      for (const login of members) accountOf(state, login);
      state.teams.set(`${org}/${slug}`.toLowerCase(), new Map(members.map((login) => [login, 'member'])));
    },
    close: () => shut(server),
  };
}
