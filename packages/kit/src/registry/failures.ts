// How a registry fails whoever speaks to it, whichever action that is.
import { ActionError } from '../errors.js';

export type RegistryFailureCode =
  | 'registry-auth'
  | 'registry-refused'
  | 'registry-unavailable'
  | 'push-mismatch';

/** `message`: expected and found; `hint`: the one thing that fixes it. */
export function failure(
  code: RegistryFailureCode,
  message: string,
  hint: string,
  cause?: unknown,
): ActionError<RegistryFailureCode> {
  return new ActionError({ code, message, hint, cause });
}
