// What `decide` needs to know about an event and the repository, gathered by whoever calls it.
import type { Configuration } from './schema.js';

/** What happened, reduced to what the flow routes on. */
export type FlowEvent =
  | { readonly kind: 'push'; readonly branch: string }
  /** A run started by hand, or by a job of ours after a push that starts nothing by itself. */
  | { readonly kind: 'dispatch'; readonly branch: string }
  | { readonly kind: 'deleted'; readonly branch: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | PullRequestEvent
  | { readonly kind: 'merge-group'; readonly branch: string; readonly base: string }
  | { readonly kind: 'other' };

export interface PullRequestEvent {
  readonly kind: 'pull-request';
  readonly number: number;
  readonly head: string;
  readonly base: string;
  /** Why this run has no secrets (a fork, Dependabot), as part of a sentence; null when it has them. */
  readonly untrusted: string | null;
  readonly closed: boolean;
}

export interface OpenPullRequest {
  readonly number: number;
  readonly base: string;
}

/** headgate.yml as it was before a merge into production. */
export interface PolicyFacts {
  /** The merge's first parent; null where the commit has none. */
  readonly commit: string | null;
  /** Null where that commit has no such file. */
  readonly configuration: Configuration | null;
}

export interface RepositoryFacts {
  readonly owner: string;
  readonly name: string;
  /** Where people find it: `https://github.com/owner/name`. */
  readonly url: string;
}

export interface Facts {
  /** GitHub's name of the event: `push`, `pull_request` … */
  readonly eventName: string;
  readonly event: FlowEvent;
  readonly ref: string;
  readonly repository: RepositoryFacts;
  /** What is checked out. */
  readonly commit: string;
  readonly tree: string;
  /** All tags of the repository. */
  readonly tags: readonly string[];
  /** The run's attempt at which this is decided. */
  readonly attempt: number;
  /** First-parent commits of this branch that production does not reach; only read for routes that publish. */
  readonly commits: number;
  /** Open pull requests from the pushed branch of this very repository; only read for feature branches. */
  readonly openPullRequests: readonly OpenPullRequest[];
  /** Only read for routes to production; null for the others. */
  readonly policy: PolicyFacts | null;
  /** `toJSON(vars)`. */
  readonly variables: ReadonlyMap<string, string>;
}
