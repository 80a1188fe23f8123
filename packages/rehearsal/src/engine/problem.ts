// Failures of the engine and the runner that people can act on.
import { ActionError } from '@headgate/kit/errors';

export type RehearsalCode =
  /** The file is not a valid workflow or action, the message carries file, line and column. */
  | 'workflow-invalid'
  /** Valid on GitHub, not known here: never skipped in silence. */
  | 'unsupported-feature'
  /** GitHub would refuse to start the run. */
  | 'startup-failure'
  /** A workflow, action, commit or artifact that is named does not exist. */
  | 'not-found'
  /** An expression could not be evaluated. */
  | 'expression-failed'
  /** The event cannot start anything: unknown input, wrong type. */
  | 'event-invalid'
  /** A step's own fault: a bad file command, an action without its main file … */
  | 'step-failed';

export type RehearsalError = ActionError<RehearsalCode>;

/** A failure with its cure. */
export function problem(code: RehearsalCode, message: string, hint: string, cause?: unknown): RehearsalError {
  return new ActionError({ code, message, hint, ...(cause === undefined ? {} : { cause }) });
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  const message: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : null;
  return typeof message === 'string' ? message : String(error);
}
