// Whatever was thrown, as an error that people can act on: what is no ActionError is a defect of ours.
import type { Core } from './deps.js';
import { ActionError } from './errors.js';

/** The error itself, or `internal` with the stack in the debug log. */
export function asActionError(error: unknown, core: Core): ActionError {
  if (error instanceof ActionError) return error;
  if (error instanceof Error && error.stack !== undefined) core.debug(error.stack);
  return new ActionError({
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This is a defect: re-run with debug logging on, and report the log.',
    cause: error,
  });
}
