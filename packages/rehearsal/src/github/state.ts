// What the double remembers: repositories, accounts, issues, pull requests, deployments and the rest, all in memory.
import { createHash } from 'node:crypto';
import type { Clock } from '@headgate/kit/clock';
import type { Artifact, RaisedEvent, RepositorySettings, RunRequest, RunState } from '../model.js';
import type { GitStore } from './git-store.js';
import type { Violation } from './validation.js';

export type AccountType = 'User' | 'Organization' | 'Bot';

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: AccountType;
}

export interface Label {
  readonly id: number;
  readonly name: string;
}

/** An issue, or the issue half of a pull request. Times are milliseconds. */
export interface IssueState {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly createdAt: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  updatedAt: number;
  closedAt: number | null;
  closedBy: string | null;
  labels: readonly Label[];
  readonly pull: PullState | null;
}

export interface PullState {
  readonly id: number;
  base: string;
  /** Full name of the repository the head branch lives in. */
  readonly headRepository: string;
  readonly head: string;
  headSha: string;
  /** The base's commit when the pull request was opened, last synchronized, or merged. */
  baseSha: string;
  draft: boolean;
  /** The test merge commit while open, the real one once merged; null on conflict. */
  mergeSha: string | null;
  /** `base head` the test merge was made from. */
  mergedFrom: string | null;
  mergedAt: number | null;
  mergedBy: string | null;
}

export interface CommentState {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  readonly createdAt: number;
  body: string;
  updatedAt: number;
}

export interface DeploymentStatusState {
  readonly id: number;
  readonly creator: string;
  readonly createdAt: number;
  readonly state: string;
  readonly description: string;
  readonly environment: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
}

export interface DeploymentState {
  readonly id: number;
  readonly creator: string;
  readonly createdAt: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly transient: boolean;
  readonly production: boolean;
  /** Newest last. */
  readonly statuses: DeploymentStatusState[];
}

export interface CommitStatusState {
  readonly id: number;
  readonly sha: string;
  readonly creator: string;
  readonly createdAt: number;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
}

export interface AssetState {
  readonly id: number;
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  readonly uploader: string;
  readonly createdAt: number;
  readonly bytes: Uint8Array;
}

export interface ReleaseState {
  readonly id: number;
  readonly author: string;
  readonly createdAt: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  publishedAt: number | null;
  readonly assets: AssetState[];
}

export interface RepositoryState {
  readonly id: number;
  readonly fullName: string;
  readonly settings: RepositorySettings;
  readonly forkOf: string | null;
  readonly git: GitStore;
  readonly createdAt: number;
  pushedAt: number;
  nextNumber: number;
  readonly issues: Map<number, IssueState>;
  readonly comments: Map<number, CommentState>;
  readonly deployments: Map<number, DeploymentState>;
  readonly statuses: CommitStatusState[];
  readonly releases: Map<number, ReleaseState>;
  /** What changes refs runs one after another. */
  queue: Promise<unknown>;
}

export interface SignedBlob {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly expiresAt: number;
}

export interface State {
  readonly clock: Clock;
  readonly directory: string;
  /** Set once the server listens. */
  serverUrl: string;
  apiUrl: string;
  nextId(): number;
  /** By lower-case full name: GitHub's names do not depend on case. */
  readonly repositories: Map<string, RepositoryState>;
  readonly accounts: Map<string, Account>;
  /** Logins (lower case) that have a role, and so are collaborators. */
  readonly people: Set<string>;
  /** Members by `org/slug`, lower case. */
  readonly teams: Map<string, Map<string, 'member' | 'maintainer'>>;
  readonly runs: Map<number, RunState>;
  readonly artifacts: Artifact[];
  readonly blobs: Map<string, SignedBlob>;
  readonly violations: Violation[];
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly login: string;
  }[];
  readonly eventListeners: ((event: RaisedEvent) => void)[];
  readonly runListeners: ((request: RunRequest) => void)[];
}

/** An id that is the same in every run: taken from the name itself. */
export const stableId = (kind: string, name: string): number =>
  Number.parseInt(createHash('sha256').update(`${kind} ${name.toLowerCase()}`).digest('hex').slice(0, 7), 16);

/** The account of a login, made on first mention. */
export function accountOf(state: State, login: string, type: AccountType = 'User'): Account {
  const key = login.toLowerCase();
  const known = state.accounts.get(key);
  if (known !== undefined) return known;
  const account = {
    id: stableId('account', login),
    login,
    type: login.endsWith('[bot]') ? ('Bot' as const) : type,
  };
  state.accounts.set(key, account);
  return account;
}

export const findRepository = (state: State, fullName: string): RepositoryState | undefined =>
  state.repositories.get(fullName.toLowerCase());

/** Runs `work` after everything queued before it on this repository. */
export function inOrder<T>(repository: RepositoryState, work: () => Promise<T>): Promise<T> {
  const result = repository.queue.then(work, work);
  repository.queue = result.catch(() => undefined);
  return result;
}
