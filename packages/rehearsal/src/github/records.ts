// The records a repository holds: issues, pull requests, comments, deployments, statuses, releases. Times are milliseconds.
import type { App } from './apps.js';

export interface Label {
  readonly id: number;
  readonly name: string;
}

/** An issue, or the issue half of a pull request. */
export interface IssueState {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  /** The App it was written through. */
  readonly via: App | null;
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
  readonly via: App | null;
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
  name: string;
  label: string | null;
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
