// The closed set of ways this action fails, and the one error that carries them.
import { ActionError, type ActionErrorOptions } from '@headgate/kit/errors';

/** Documented in README.md, "When it fails"; what a build may die of comes from `BuildFailureClass`. */
export type FailureCode =
  | 'docker-missing'
  | 'docker-unreachable'
  | 'buildx-missing'
  | 'buildx-too-old'
  | 'builder-cannot-export'
  | 'path-outside-workspace'
  | 'context-missing'
  | 'dockerfile-missing'
  | 'target-missing'
  | 'check-skipped'
  | 'secrets-missing'
  | 'gate-failed'
  | 'build-failed'
  | 'build-deadline'
  | 'builds-differ'
  | 'policy-failed'
  | 'secret-in-image'
  | 'image-missing'
  | 'load-failed'
  | 'layout-invalid'
  | 'registry-auth'
  | 'registry-refused'
  | 'registry-unavailable'
  | 'push-mismatch'
  | 'signature-failed'
  | 'tag-conflict';

/** What a failing build step died of; decides the advice given. */
export type BuildFailureClass =
  | 'network'
  | 'auth'
  | 'disk'
  | 'dockerfile'
  | 'command'
  | 'policy'
  | 'cancelled'
  | 'registry';

/**
 * Builds the action's error.
 * @param code one of the documented codes
 * @param message one sentence: expected and found
 * @param hint the one thing that fixes it
 */
export function failure(
  code: FailureCode,
  message: string,
  hint: string,
  cause?: unknown,
): ActionError<FailureCode> {
  return new ActionError<FailureCode>({ code, message, hint, cause });
}

/** The same with its place in the repository, and what was printed last. */
export function placedFailure(options: ActionErrorOptions<FailureCode>): ActionError<FailureCode> {
  return new ActionError<FailureCode>(options);
}
