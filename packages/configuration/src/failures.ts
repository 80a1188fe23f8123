// The failures of this package that stop a decision.
import { ActionError } from '@headgate/kit/errors';

export type FailureCode =
  | 'invalid-configuration'
  | 'missing-variable'
  | 'invalid-version'
  | 'branch-rewritten'
  | 'too-many-legs'
  | 'invalid-image'
  | 'invalid-target'
  | 'invalid-infrastructure'
  | 'invalid-url'
  | 'invalid-notification';

export function failure(code: FailureCode, message: string, hint: string): ActionError<FailureCode> {
  return new ActionError({ code, message, hint });
}
