// The mutable state of one running job, and the contexts and environment its steps see.
import type { Annotation, Conclusion, StepState } from '../model.js';
import type { JobDirectories } from './job-directories.js';
import type { JobLog } from './job-log.js';
import type { JobPlan, RunnerOptions } from './job-plan.js';
import type { Masks } from './masks.js';
import type { StepUnit } from './step-unit.js';

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
  /** Whether debug messages show. */
  readonly debug: boolean;
  /** How many composite actions are around the step at work. */
  readonly depth: number;
  /** How many annotations of each level the step at work has left. */
  readonly told: Record<Annotation['level'], number>;
  /** How many steps have left a summary, those inside composite actions too. */
  readonly summaries: { count: number };
  /** Workflow and job `env`, then what steps wrote to GITHUB_ENV. */
  readonly environment: Map<string, string>;
  /** Written to GITHUB_PATH, the newest first. */
  readonly paths: string[];
  readonly results: Map<string, StepResult>;
  /** Post parts in the order in which they will run: the last registered first. */
  readonly posts: PostStep[];
  /** Ends steps: the plan's cancel, or the job's own time limit. */
  readonly signal: AbortSignal;
  /** Where this job checked commits of its own run out, shared with the sessions of composite actions. */
  readonly checkouts: { readonly folder: string; readonly repository: string }[];
  /** Where an action failed inside, for those who work on it. */
  readonly trouble: { action: string | null };
  status: 'success' | 'failure' | 'cancelled';
}

/** Annotations of one level that one step may leave, and characters of each. Source: `ExecutionContext` of actions/runner. */
const annotationLimits = { count: 10, characters: 4096 };

/** Adds an annotation, masked; what is beyond the limits is in the log alone. */
export function annotate(session: Session, annotation: Annotation): void {
  session.told[annotation.level] += 1;
  if (session.told[annotation.level] > annotationLimits.count) return;
  const message = session.masks.mask(annotation.message).slice(0, annotationLimits.characters);
  session.plan.state.annotations.push({ ...annotation, message });
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
  Object.assign(session.told, { notice: 0, warning: 0, failure: 0 });
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
