// What the output `outcome` says of a deployment that was not begun.
import { ActionError } from '@headgate/kit/errors';

/** Whoever reads the output `outcome` must find one of its four words there, whatever went wrong. */
export function withOutcome(error: unknown): unknown {
  if (!(error instanceof ActionError)) return error;
  const { code, message, hint, place, excerpt, cause } = error;
  const outputs = { outcome: 'failed', ...error.outputs };
  return new ActionError({ code, message, hint, place, excerpt, cause, outputs });
}
