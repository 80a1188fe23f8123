// The failures of this action; the codes are its README's table.
import { ActionError, type ActionErrorOptions } from '@headgate/kit/errors';

export type FailureCode =
  | 'path-missing'
  | 'path-outside-workspace'
  | 'init-failed'
  | 'template-invalid'
  | 'build-failed'
  | 'build-deadline'
  | 'builders-missing'
  | 'manifest-missing'
  | 'manifest-unreadable'
  | 'manifest-mismatch'
  | 'artifact-missing'
  | 'smoke-failed';

export function failure(code: FailureCode, message: string, hint: string): ActionError<FailureCode> {
  return new ActionError({ code, message, hint });
}

/** The same with its place in the repository. */
export function placedFailure(options: ActionErrorOptions<FailureCode>): ActionError<FailureCode> {
  return new ActionError(options);
}
