// The mutable state of one running job, and the contexts and environment its steps see.
import type { Scope } from '../engine/expression.js';
import type { Annotation, Conclusion, StepState } from '../model.js';
import { hashFiles } from './hash-files.js';
import type { JobDirectories } from './job-directories.js';
import type { JobLog } from './job-log.js';
import type { JobPlan, RunnerOptions } from './job-plan.js';
import type { Masks } from './masks.js';
import type { StepUnit } from './step.js';

export interface StepResult {
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Where the code of an action came from, for `github.action_*`. */
export interface ActionIdentity {
  readonly path: string;
  readonly repository: string;
  readonly ref: string;
}

/** A part of an action that waits for the end of the job. */
export interface PostStep {
  readonly session: Session;
  readonly unit: StepUnit;
  readonly state: Record<string, string>;
}

export interface Session {
  readonly plan: JobPlan;
  readonly options: RunnerOptions;
  readonly directories: JobDirectories;
  readonly masks: Masks;
  readonly log: JobLog;
  readonly token: string;
  readonly runtimeToken: string;
  readonly trackingId: string;
  /** Workflow and job `env`, then what steps wrote to GITHUB_ENV. */
  readonly environment: Map<string, string>;
  /** Written to GITHUB_PATH, the newest first. */
  readonly paths: string[];
  readonly results: Map<string, StepResult>;
  /** Post parts in the order in which they will run: the last registered first. */
  readonly posts: PostStep[];
  /** Ends steps: the plan's cancel, or the job's own time limit. */
  readonly signal: AbortSignal;
  status: 'success' | 'failure' | 'cancelled';
}

/** Adds an annotation, masked. */
export function annotate(session: Session, annotation: Annotation): void {
  session.plan.state.annotations.push({ ...annotation, message: session.masks.mask(annotation.message) });
}

/** An error of the rehearsal or a step, in the log and as an annotation. */
export function reportError(session: Session, message: string): void {
  session.log.line(`##[error]${message}`);
  annotate(session, { level: 'failure', message });
}

/** A step of the job's list, shown at once. */
export function addStep(session: Session, name: string): StepState {
  const { state, run } = session.plan;
  const step: StepState = {
    number: state.steps.length + 1,
    name: session.masks.mask(name),
    status: 'queued',
    conclusion: null,
    startedAt: null,
    completedAt: null,
  };
  state.steps.push(step);
  session.options.onChange(run, state);
  return step;
}

export function beginStep(session: Session, step: StepState): void {
  step.status = 'in_progress';
  step.startedAt = session.options.clock.now();
  session.options.onChange(session.plan.run, session.plan.state);
}

export function endStep(session: Session, step: StepState, conclusion: Conclusion): void {
  step.status = 'completed';
  step.conclusion = conclusion;
  step.completedAt = session.options.clock.now();
  session.options.onChange(session.plan.run, session.plan.state);
}

/** The `github` context of a step. */
export function githubOf(
  session: Session,
  step: { readonly action: string; readonly identity: ActionIdentity | null },
): Record<string, unknown> {
  const { plan, directories, token } = session;
  const github = Object(plan.contexts['github']) as Record<string, unknown>;
  return {
    ...github,
    token,
    job: plan.job.id,
    workspace: directories.workspace,
    event_path: directories.eventFile,
    action: step.action,
    action_path: step.identity?.path ?? '',
    action_repository: step.identity?.repository ?? '',
    action_ref: step.identity?.ref ?? '',
    action_status: session.status,
  };
}

/** The `runner` context. */
export function runnerContext(session: Session): Record<string, string> {
  return {
    name: 'Headgate rehearsal',
    os: 'Linux',
    arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
    environment: 'self-hosted',
    temp: session.directories.temporary,
    tool_cache: session.directories.toolCache,
    workspace: session.directories.root,
    debug: '',
  };
}

/** The `job` context. */
function jobContext({ plan, status }: Session): Record<string, unknown> {
  const { repository, sha, ref, path } = plan.origin;
  return {
    status,
    check_run_id: plan.state.id,
    workflow_repository: repository,
    workflow_sha: sha,
    workflow_ref: `${repository}/${path}@${ref}`,
    workflow_file_path: path,
  };
}

/** Everything an expression of a step may use. */
export function stepScope(
  session: Session,
  github: Record<string, unknown>,
  env: Readonly<Record<string, string>>,
): Scope {
  const { plan, results } = session;
  const cancelled = (): boolean => session.status === 'cancelled';
  return {
    contexts: {
      ...plan.contexts,
      github,
      secrets: { ...plan.secrets, GITHUB_TOKEN: session.token },
      env,
      steps: Object.fromEntries(results),
      job: jobContext(session),
      runner: runnerContext(session),
    },
    status: {
      success: () => session.status === 'success',
      failure: () => session.status === 'failure',
      cancelled,
    },
    hashFiles: (patterns) => hashFiles(session.directories.workspace, patterns),
  };
}
