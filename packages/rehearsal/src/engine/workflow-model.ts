// What one workflow file says: the model that the engine schedules and the runner executes.
import type { PermissionLevel } from '../model.js';
import type { Position, Template } from './template.js';

/** Where a file lives: repository `owner/name`, commit, path, and the reference it was asked for by. */
export interface FileOrigin {
  readonly repository: string;
  readonly sha: string;
  readonly path: string;
  /** As GitHub shows it: `refs/heads/…`, or the `@ref` of a call. */
  readonly ref: string;
}

/** `null`: nothing said; else the exact grant, names left out are none. */
export type DeclaredPermissions = Readonly<Record<string, PermissionLevel>> | 'read-all' | 'write-all' | null;

export interface StepDefinition {
  /** As written; generated ones begin with `__`. */
  readonly id: string;
  readonly name: Template | null;
  readonly if: string;
  readonly env: Template | null;
  readonly continueOnError: Template | null;
  readonly timeoutMinutes: Template | null;
  readonly action:
    | {
        readonly kind: 'run';
        readonly script: Template;
        readonly shell: Template | null;
        readonly directory: Template | null;
      }
    | { readonly kind: 'uses'; readonly uses: string; readonly with: Template | null };
  readonly at: Position;
}

export interface StrategyDefinition {
  readonly matrix: Template | null;
  readonly failFast: Template | null;
  readonly maxParallel: Template | null;
}

interface JobBase {
  readonly id: string;
  readonly name: Template | null;
  readonly needs: readonly string[];
  /** With a status function, as GitHub completes it. */
  readonly if: string;
  readonly strategy: StrategyDefinition | null;
  readonly concurrency: Template | null;
  readonly permissions: DeclaredPermissions;
  readonly at: Position;
}

export interface StepsJob extends JobBase {
  readonly kind: 'steps';
  readonly runsOn: Template | null;
  readonly environment: Template | null;
  readonly env: Template | null;
  readonly defaults: Template | null;
  readonly outputs: Template | null;
  readonly timeoutMinutes: Template | null;
  readonly continueOnError: Template | null;
  readonly steps: readonly StepDefinition[];
}

export interface CallJob extends JobBase {
  readonly kind: 'call';
  readonly uses: string;
  readonly with: Template | null;
  readonly secrets: Template | 'inherit' | null;
}

export type JobDefinition = StepsJob | CallJob;

export interface CallInput {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean' | 'choice' | 'environment';
  readonly required: boolean;
  readonly default: Template | null;
  readonly options: readonly string[];
}

export interface TriggerFilter {
  readonly event: string;
  /** branches, branches-ignore, tags, tags-ignore, paths, paths-ignore, types. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

export interface CallContract {
  readonly inputs: readonly CallInput[];
  readonly secrets: readonly { readonly name: string; readonly required: boolean }[];
  readonly outputs: readonly (readonly [string, Template])[];
}

export interface WorkflowFile {
  readonly origin: FileOrigin;
  readonly name: string;
  /** Evaluated with github, inputs and vars. */
  readonly runName: Template | null;
  readonly triggers: readonly TriggerFilter[];
  readonly dispatchInputs: readonly CallInput[];
  /** `null`: it cannot be called. */
  readonly call: CallContract | null;
  readonly env: Template | null;
  readonly defaults: Template | null;
  readonly permissions: DeclaredPermissions;
  readonly concurrency: Template | null;
  readonly jobs: readonly JobDefinition[];
}
