// What a step is before it runs and while it runs.
import type { Scope } from '../engine/expression.js';
import type { Template } from '../engine/template.js';
import type { FileCommandPaths } from './file-commands.js';
import type { ActionIdentity, Session } from './session.js';

/** A main step, or the pre or post part of an action. */
export interface StepUnit {
  /** '' for pre and post parts: they have no result that others could read. */
  readonly id: string;
  /** `github.action` */
  readonly action: string;
  readonly identity: ActionIdentity | null;
  readonly title: (scope: Scope) => string;
  readonly condition: string;
  readonly env: Template | null;
  readonly continueOnError: Template | null;
  readonly timeoutMinutes: Template | null;
  readonly where: string;
  /** False inside a composite action, whose steps are not listed. */
  readonly listed: boolean;
  /** The step as it is written now, for another try; as it is unless said. */
  again?(): Promise<Trial>;
  /** Does the work; the exit code, or throws. */
  execute(step: RunningStep): Promise<number>;
}

/** A step with the store that its parts share. */
export interface Trial {
  readonly unit: StepUnit;
  readonly state: Record<string, string>;
}

export interface RunningStep {
  readonly session: Session;
  readonly scope: Scope;
  readonly github: Readonly<Record<string, unknown>>;
  /** The step's own `env`. */
  readonly env: Readonly<Record<string, string>>;
  readonly files: FileCommandPaths;
  readonly outputs: Record<string, string>;
  /** Of the action, shared by its pre, main and post parts. */
  readonly state: Record<string, string>;
  readonly signal: AbortSignal;
  /** A fresh processor for one process's lines. */
  lines(): (line: string) => void;
  /** Fails the step without ending it. */
  fail(message: string): void;
}
