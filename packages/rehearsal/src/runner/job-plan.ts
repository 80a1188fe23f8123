// What the engine hands to the runner for one job, and what it gets back.
import type { Clock } from '@headgate/kit/clock';
import type { Template } from '../engine/template.js';
import type { FileOrigin, StepsJob } from '../engine/workflow-model.js';
import type { Conclusion, GitHubHost, JobState, Permissions, RunState } from '../model.js';
import type { EditedFolders } from './edits.js';
import type { Pausing } from './pauses.js';

export interface JobPlan {
  readonly run: RunState;
  readonly state: JobState;
  readonly job: StepsJob;
  /** The file that contains the job: `$/` resolves to its commit. */
  readonly origin: FileOrigin;
  readonly workflowEnv: Template | null;
  readonly workflowDefaults: Template | null;
  readonly permissions: Permissions;
  /** github (without a token), needs, strategy, matrix, inputs, vars, secrets. */
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly environmentUrl: Template | null;
  /** Aborted when the job is to be cancelled. */
  readonly signal: AbortSignal;
  /** Aborted when the machine is to be gone, or the time of a cancel is over: no step after it, no output, no post part. */
  readonly lost: AbortSignal;
}

export interface JobEnd {
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** The environment's address, once the job could say it. */
  readonly environmentUrl?: string;
}

export interface RunnerOptions {
  readonly host: GitHubHost;
  readonly workDirectory: string;
  /** The Node 24 binary for JavaScript actions. */
  readonly node: string;
  /** Allow-listed environment of the machine, given to every job. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folders `owner/repo[@ref]` of third-party actions. */
  readonly actionsDirectory: string | null;
  readonly clock: Clock;
  readonly onChange: (run: RunState, job?: JobState) => void;
  /** With it, a failed step waits to be tried again. */
  readonly pausing?: Pausing;
  /** Edits that lie over every checkout and action from the beginning. */
  readonly laidOver?: EditedFolders;
}

export type RunJob = (plan: JobPlan) => Promise<JobEnd>;
