// What the double remembers: repositories, accounts, issues, pull requests, deployments and the rest, all in memory.
import { createHash } from 'node:crypto';
import type { Clock } from '@headgate/kit/clock';
import type { Artifact, RaisedEvent, RunRequest, RunState } from '../model.js';
import type { RepositorySettings } from '../repository-settings.js';
import type { App } from './apps.js';
import type { GitStore } from './git-store.js';
import type {
  CommentState,
  CommitStatusState,
  DeploymentState,
  IssueState,
  ReleaseState,
} from './records.js';
import type { Violation } from './validation.js';

export type AccountType = 'User' | 'Organization' | 'Bot';

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: AccountType;
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
  /** Registered Apps by slug. */
  readonly apps: Map<string, App>;
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
    readonly charged: boolean;
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
