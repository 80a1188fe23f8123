// What the GitHub double, the workflow engine and the runner share: runs, jobs, artifacts, tokens, events.
import type { RepositorySettings } from './repository-settings.js';

export type PermissionLevel = 'none' | 'read' | 'write';
/** Permission names as in a workflow's `permissions:` (contents, packages, actions, deployments …). */
export type Permissions = Readonly<Record<string, PermissionLevel>>;

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';
export type Status = 'queued' | 'waiting' | 'in_progress' | 'completed';

/** An event as GitHub raises it for workflows, payload complete. */
export interface RaisedEvent {
  /** `owner/name` of the repository whose workflows may run. */
  readonly repository: string;
  /** push, pull_request, workflow_dispatch, issue_comment, schedule … */
  readonly name: string;
  /** `GITHUB_REF`: refs/heads/…, refs/tags/…, refs/pull/N/merge. */
  readonly ref: string;
  /** `GITHUB_SHA`: the commit whose workflow files and tree count. */
  readonly sha: string;
  readonly actor: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** A pull request from a fork: read-only token, no secret. */
  readonly fork: boolean;
}

export interface StepState {
  readonly number: number;
  readonly name: string;
  status: Status;
  conclusion: Conclusion | null;
  startedAt: number | null;
  completedAt: number | null;
}

export interface Annotation {
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface JobState {
  readonly id: number;
  /** Name as GitHub shows it: `caller / callee (leg)`. */
  readonly name: string;
  readonly attempt: number;
  status: Status;
  conclusion: Conclusion | null;
  startedAt: number | null;
  completedAt: number | null;
  readonly environment: string | null;
  readonly steps: StepState[];
  readonly annotations: Annotation[];
  /** Markdown, all steps' summaries in order. */
  summary: string;
  /** The masked log, as GitHub would show it. */
  log: string;
  outputs: Readonly<Record<string, string>>;
  /** Taken over from a former rehearsal. */
  reused?: boolean;
}

/** How a former attempt ended. */
export interface AttemptEnd {
  readonly attempt: number;
  readonly conclusion: Conclusion | null;
  readonly triggeringActor: string;
  readonly completedAt: number | null;
}

export interface RunState {
  readonly id: number;
  readonly repository: string;
  readonly number: number;
  attempt: number;
  /** Who started the current attempt; the event's actor unless said. */
  triggeringActor?: string;
  /** Oldest first; none unless said. */
  formerAttempts?: readonly AttemptEnd[];
  /** From the file's `run-name`; GitHub's own choice unless said. */
  title?: string;
  readonly workflowName: string;
  /** `.github/workflows/delivery.yml` */
  readonly workflowPath: string;
  readonly event: RaisedEvent;
  readonly headBranch: string;
  /** The pull request's head for pull_request, else the event's commit. */
  readonly headSha: string;
  readonly headRepository: string;
  /** Callable workflows the run used: path `owner/repo/.github/workflows/x.yml@ref`, sha, ref. */
  readonly referencedWorkflows: { readonly path: string; readonly sha: string; readonly ref: string }[];
  status: Status;
  conclusion: Conclusion | null;
  readonly createdAt: number;
  completedAt: number | null;
  readonly jobs: JobState[];
  /** Why GitHub would not start it: invalid file, rights beyond the caller's. Such a run has no jobs. */
  problem?: string;
}

export interface Artifact {
  readonly id: number;
  readonly repository: string;
  readonly runId: number;
  /** The attempt that uploaded it; the first unless said. */
  readonly attempt?: number;
  /** The job that uploaded it. */
  readonly jobId?: number;
  readonly name: string;
  /** `sha256:…` of the zip. */
  readonly digest: string;
  readonly zip: Uint8Array;
  readonly createdAt: number;
}

/** Its id is the host's to give, unless it had one in a former rehearsal. */
export type NewArtifact = Omit<Artifact, 'id' | 'createdAt' | 'digest'> & { readonly id?: number };

/** What somebody asked of a run over REST; the engine carries it out. */
export interface RunRequest {
  readonly kind: 'rerun' | 'rerun-failed' | 'cancel';
  readonly runId: number;
  readonly login: string;
}

/** A job that names an environment, as the environment's history keeps it. */
export interface JobDeployment {
  readonly repository: string;
  readonly environment: string;
  readonly ref: string;
  readonly sha: string;
  readonly runId: number;
  readonly jobId: number;
}

/** What a job's token may do; enforced on every REST and git request. */
export interface TokenGrant {
  readonly repository: string;
  readonly permissions: Permissions;
  /** `github-actions[bot]` for job tokens, else the person's login. */
  readonly login: string;
  /** True for job tokens: what they do raises no event (workflow_dispatch excepted). */
  readonly jobToken: boolean;
}

/** The double as the engine, the runner and the stories use it. */
export interface GitHubHost {
  /** `http://127.0.0.1:PORT` */
  readonly serverUrl: string;
  /** `http://127.0.0.1:PORT/api/v3` */
  readonly apiUrl: string;
  addRepository(settings: RepositorySettings): Promise<void>;
  repository(fullName: string): RepositorySettings;
  /** The bare repository's folder. */
  gitDirectory(fullName: string): string;
  /** A fresh token; the runner gives each job its own and revokes it when the job ends. */
  grantToken(grant: TokenGrant): string;
  revokeToken(token: string): void;
  onEvent(listener: (event: RaisedEvent) => void): void;
  onRunRequest(listener: (request: RunRequest) => void): void;
  /** Runs live here: the engine writes them, the REST API shows them. */
  readonly runs: Map<number, RunState>;
  nextId(): number;
  /** Begins a deployment on a job's behalf; what is returned ends it, with the environment's address or ''. */
  beginDeployment(job: JobDeployment): (conclusion: Conclusion, url: string) => void;
  addArtifact(artifact: NewArtifact, overwrite: boolean): Artifact;
  artifacts(filter: { repository: string; runId?: number; name?: string }): readonly Artifact[];
  /** One line per REST or git request; `charged` when it counted against the caller's hourly allowance. */
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly login: string;
    readonly charged: boolean;
  }[];
  close(): Promise<void>;
}
