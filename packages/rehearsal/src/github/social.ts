// People, as stories use them: everything goes over REST and git with their own token, so that events and rules are the same.
import type { AppCredentials, NewApp } from './apps.js';
import type { Role } from './callers.js';
import type { Violation } from './validation.js';

export interface NewPullRequest {
  readonly repository: string;
  /** `branch`, or `owner:branch` of a fork. */
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body?: string;
  readonly draft?: boolean;
}

export interface Dispatch {
  readonly repository: string;
  /** File name: `delivery.yml`. */
  readonly workflow: string;
  readonly ref: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface NumberIn {
  readonly repository: string;
  readonly number: number;
}

export interface PersonResponse {
  readonly status: number;
  readonly data: unknown;
}

/** A person with a role. Methods reject with GitHub's status and message when GitHub would refuse. */
export interface Person {
  readonly login: string;
  readonly token: string;
  /** An address for `git clone` and `git push` that carries the token. */
  remote(repository: string): string;
  /** `user.name` and `user.email` under which GitHub knows this person's commits. */
  readonly identity: { readonly name: string; readonly email: string };
  /** Any REST request; `path` below the API root. Any status is a result. */
  request(method: string, path: string, body?: unknown): Promise<PersonResponse>;
  openPullRequest(pull: NewPullRequest): Promise<{ readonly number: number; readonly url: string }>;
  closePullRequest(at: NumberIn): Promise<void>;
  merge(
    at: NumberIn & { readonly method?: 'merge' | 'squash' | 'rebase' },
  ): Promise<{ readonly sha: string }>;
  openIssue(at: { repository: string; title: string; body?: string }): Promise<{ readonly number: number }>;
  comment(at: NumberIn & { readonly body: string }): Promise<{ readonly id: number }>;
  editComment(at: { repository: string; id: number; body: string }): Promise<void>;
  deleteComment(at: { repository: string; id: number }): Promise<void>;
  deleteBranch(at: { repository: string; branch: string }): Promise<void>;
  dispatch(at: Dispatch): Promise<void>;
  rerun(at: { repository: string; runId: number; failedOnly?: boolean }): Promise<void>;
  cancel(at: { repository: string; runId: number }): Promise<void>;
}

export interface Social {
  /** A person whose role holds in every repository except other people's forks; in their own they are administrators. */
  person(login: string, options: { readonly role: Role }): Person;
  /** A fresh personal token of a login; with the slug of an App: the token by which the App acts for that person. */
  token(login: string, via?: string): string;
  /** Registers an App and installs it. Throws when the slug is taken. */
  addApp(app: NewApp): AppCredentials;
  /** A fork of a repository under another owner, without its secrets, variables and environments. Returns its full name. */
  addFork(repository: string, owner: string): Promise<string>;
  /** A team of an organisation; `slug` as in `@org/slug`. */
  addTeam(org: string, slug: string, members: readonly string[]): void;
  /** Requests, answers and events that differ from GitHub's description, in order. Empty when all is well. */
  readonly violations: readonly Violation[];
}
