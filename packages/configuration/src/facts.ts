// What `decide` needs to know about an event and the repository, gathered by whoever calls it.
import type { Configuration } from './schema.js';

/** What happened, reduced to what the flow routes on. */
export type FlowEvent =
  | { readonly kind: 'push'; readonly branch: string }
  /** A run started by hand, or by a job of ours after a push that starts nothing by itself. */
  | { readonly kind: 'dispatch'; readonly branch: string; readonly restore?: RestoreRequest }
  | { readonly kind: 'deleted'; readonly branch: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | PullRequestEvent
  | { readonly kind: 'merge-group'; readonly branch: string; readonly base: string }
  /** On the default branch, by the clock. */
  | { readonly kind: 'schedule'; readonly branch: string }
  | { readonly kind: 'other' };

/** What a run started by hand is to bring to an environment. */
export interface RestoreRequest {
  /** `previous`, `1.4.2`, `v1.4.2` or a commit. */
  readonly version: string;
  /** Name in headgate.yml. */
  readonly environment: string;
}

/** The release that a restore request stands for. */
export interface RestoredFacts {
  /** X.Y.Z */
  readonly version: string;
  /** X.Y.Z that the environment runs now; null when nobody knows. */
  readonly replaces: string | null;
  /** Address of the run that shows its success in this very environment; null without such evidence. */
  readonly provenBy: string | null;
}

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

/** What a push did to its branch. */
export interface PushFacts {
  /** The commit it was at before. */
  readonly before: string;
  /** True when the branch does not contain that commit any more: it was pushed by force. */
  readonly rewritten: boolean;
  /** True when the files are the same as before. */
  readonly sameTree: boolean;
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
  /** The highest release that production contains, as a tag; of all tags where there is no production branch yet. */
  readonly lastRelease: string | null;
  /** Short names of the remote's branches; only read for routes that get a version. */
  readonly remoteBranches: readonly string[];
  /** Null for other events, for a new branch, and where nothing is known of the commit before. */
  readonly push: PushFacts | null;
  /** The run's attempt at which this is decided. */
  readonly attempt: number;
  /** First-parent commits of this branch that production does not reach; only read for routes that publish. */
  readonly commits: number;
  /** Open pull requests from the pushed branch of this very repository; only read for feature branches. */
  readonly openPullRequests: readonly OpenPullRequest[];
  /**
   * Only read for routes to production, of the commit before; for a restored release, of the production branch as it
   * is. Null for the others.
   */
  readonly policy: PolicyFacts | null;
  /** Then commit and tree are those of the release. */
  readonly restored?: RestoredFacts;
  /** `toJSON(vars)`. */
  readonly variables: ReadonlyMap<string, string>;
}
