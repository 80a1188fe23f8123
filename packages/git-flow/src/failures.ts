// The failures of git-flow, beside those of the configuration package and of kit.
import { ActionError } from '@headgate/kit/errors';

export type FailureCode =
  | 'configuration-missing'
  | 'checkout-differs'
  | 'shallow-checkout'
  | 'decision-too-large'
  | 'record-dropped'
  | 'decision-unreadable'
  | 'stage-failed'
  | 'stage-skipped'
  | 'leg-missing'
  | 'leg-failed'
  | 'cancelled';

export function failure(code: FailureCode, message: string, hint: string): ActionError<FailureCode> {
  return new ActionError({ code, message, hint });
}
