// The failures of git-flow, beside those of the configuration package and of kit.
import { ActionError, type Place } from '@headgate/kit/errors';

export type FailureCode =
  | 'configuration-missing'
  | 'checkout-differs'
  | 'shallow-checkout'
  | 'decision-too-large'
  | 'policy-unreadable'
  | 'record-dropped'
  | 'decision-unreadable'
  | 'stage-failed'
  | 'stage-skipped'
  | 'leg-missing'
  | 'leg-failed'
  | 'cancelled'
  | 'flow-secrets-incomplete'
  | 'app-key-invalid'
  | 'app-token-refused'
  | 'branch-missing'
  | 'branch-taken'
  | 'back-merge-refused'
  | 'back-merge-unproven'
  | 'pull-request-refused'
  | 'environment-missing'
  | 'configuration-unreadable'
  | 'configuration-changed'
  | 'seal-key-missing'
  | 'subject-mismatch'
  | 'approval-missing'
  | 'approval-expired'
  | 'frozen'
  | 'superseded'
  | 'evidence-missing'
  | 'dispatch-refused'
  | 'restore-missing'
  | 'staging-pending'
  | 'not-a-merge'
  | 'version-unknown'
  | 'version-mismatch'
  | 'version-not-next'
  | 'tag-conflict'
  | 'tag-missing'
  | 'tag-refused'
  | 'asset-missing'
  | 'image-tag-conflict'
  | 'image-missing';

export function failure(code: FailureCode, message: string, hint: string): ActionError<FailureCode> {
  return new ActionError({ code, message, hint });
}

/** The same with its place in the repository. */
export function placedFailure(
  code: FailureCode,
  text: { readonly message: string; readonly hint: string; readonly place: Place | null },
): ActionError<FailureCode> {
  return new ActionError({ code, ...text });
}
