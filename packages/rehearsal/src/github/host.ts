// GitHub on this machine: repositories, REST, events and people, for the engine, the runner and the stories.
import type { AddressInfo } from 'node:net';
import type { Clock } from '@headgate/kit/clock';
import type { GitHubHost } from '../model.js';
import { type Access, createAccess } from './access.js';
import { addApp } from './apps.js';
import { addArtifact } from './artifact-store.js';
import { beginDeployment } from './deployment-history.js';
import { createPerson } from './person.js';
import { createLimits } from './rate-limit.js';
import { registry } from './registry.js';
import { addFork, addRepository, repositoryNamed } from './repositories.js';
import { createRest } from './rest.js';
import { listen, shut } from './server.js';
import type { Social } from './social.js';
import { accountOf, type State } from './state.js';

export interface GitHubOptions {
  /** Where the bare repositories are kept. */
  readonly directory: string;
  readonly clock: Clock;
  /** A free one unless said. */
  readonly port?: number;
  /** Ids begin after this one; 1000 unless said. */
  readonly lastId?: number;
}

/** A fresh memory; the addresses are set once the server listens. */
export function createState(options: GitHubOptions): State {
  let last = options.lastId ?? 1000;
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
    apps: new Map(),
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

type Memory = Pick<
  GitHubHost,
  | 'onEvent'
  | 'onRunRequest'
  | 'runs'
  | 'nextId'
  | 'beginDeployment'
  | 'addArtifact'
  | 'artifacts'
  | 'requests'
  | 'addRepository'
  | 'repository'
  | 'gitDirectory'
>;

/** What the engine and the runner read and write. */
const memoryOf = (state: State): Memory => ({
  addRepository: (settings) => addRepository(state, settings),
  repository: (fullName) => repositoryNamed(state, fullName).settings,
  gitDirectory: (fullName) => repositoryNamed(state, fullName).git.directory,
  onEvent: (listener) => {
    state.eventListeners.push(listener);
  },
  onRunRequest: (listener) => {
    state.runListeners.push(listener);
  },
  runs: state.runs,
  nextId: state.nextId,
  beginDeployment: (job) => beginDeployment(state, job),
  addArtifact: (artifact, overwrite) => addArtifact(state, artifact, overwrite),
  artifacts: ({ repository, runId, name }) =>
    state.artifacts.filter(
      (artifact) =>
        artifact.repository === repository &&
        (runId === undefined || artifact.runId === runId) &&
        (name === undefined || artifact.name === name),
    ),
  requests: state.requests,
});

/** People, teams and forks, as stories use them. */
function socialOf(state: State, access: Access): Social {
  const connection = { serverUrl: () => state.serverUrl, apiUrl: () => state.apiUrl };
  return {
    violations: state.violations,
    person: (login, { role }) => {
      access.setRole(login, role);
      return createPerson(login, access.token(login), connection);
    },
    token: (login, via) => access.token(login, via),
    addApp: (app) => addApp(state, app),
    addFork: (fullName, owner) => addFork(state, fullName, owner),
    addTeam: (org, slug, members) => {
      accountOf(state, org, 'Organization');
      for (const login of members) accountOf(state, login);
      state.teams.set(`${org}/${slug}`.toLowerCase(), new Map(members.map((login) => [login, 'member'])));
    },
  };
}

/** Starts the double on 127.0.0.1. Rejects when the port is taken or git is missing. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubHost & Social> {
  const state = createState(options);
  const access = createAccess(state);
  const rest = createRest({ state, access, registry, limits: createLimits(options.clock) });
  const server = await listen({ state, access, rest }, options.port ?? 0);
  state.serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.apiUrl = `${state.serverUrl}/api/v3`;
  return {
    ...memoryOf(state),
    ...socialOf(state, access),
    serverUrl: state.serverUrl,
    apiUrl: state.apiUrl,
    grantToken: access.grant,
    revokeToken: access.revoke,
    close: () => shut(server),
  };
}
