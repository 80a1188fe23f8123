// The closed set of ways this action fails, and the one error that carries them.
import { ActionError, type Place } from '@headgate/kit/errors';

/** Documented in README.md; those of sealed files come from the kit. */
export type FailureCode =
  | 'apply-deadline'
  | 'apply-failed'
  | 'approval-mismatch'
  | 'cancelled'
  | 'directory-missing'
  | 'init-failed'
  | 'path-outside-workspace'
  | 'plan-deadline'
  | 'plan-failed'
  | 'plan-not-found'
  | 'plan-unreadable'
  | 'state-locked'
  | 'state-moved'
  | 'state-not-written'
  | 'state-unreadable';

export interface FailureText {
  /** One sentence: expected and found. */
  readonly message: string;
  /** The one thing that fixes it. */
  readonly hint: string;
  readonly place?: Place | null;
  readonly cause?: unknown;
  readonly outputs?: Readonly<Record<string, string>>;
}

export function failure(code: FailureCode, text: FailureText): ActionError<FailureCode> {
  return new ActionError<FailureCode>({ code, ...text });
}
