// The closed set of ways this action fails, and the one error that carries them.
import { ActionError } from '@headgate/kit/errors';

/** Documented in README.md. */
export type FailureCode =
  | 'bot-mismatch'
  | 'configuration-differs'
  | 'gate-unreachable'
  | 'not-resumable'
  | 'parked'
  | 'quorum-impossible'
  | 'rejected'
  | 'request-altered'
  | 'request-missing'
  | 'subject-ambiguous'
  | 'subject-missing'
  | 'superseded'
  | 'timed-out';

export interface FailureText {
  /** One sentence: expected and found. */
  readonly message: string;
  /** The one thing that fixes it. */
  readonly hint: string;
  readonly cause?: unknown;
  readonly outputs?: Readonly<Record<string, string>>;
}

export function failure(code: FailureCode, text: FailureText): ActionError<FailureCode> {
  return new ActionError<FailureCode>({ code, ...text });
}
