// What a hook that failed is called, unless somebody else is to blame.
import { DeployError } from './errors.js';

/** Failures that are nobody's hook's: they go on as they are. */
const notItsOwn: ReadonlySet<string> = new Set([
  'cancelled',
  'locked',
  'engine-unreachable',
  'ssh-unreachable',
]);

export function asHookFailure(title: string, error: unknown): DeployError {
  if (error instanceof DeployError && (error.code === 'hook-failed' || notItsOwn.has(error.code)))
    return error;
  return hookFailed(title, error instanceof Error ? error.message : String(error), error);
}

export function hookFailed(title: string, how: string, cause?: unknown): DeployError {
  return new DeployError({
    code: 'hook-failed',
    message: `the hook ${title} failed: ${how}`,
    hint: 'Read what it said, in the log and summary of this target’s job; mend it and deploy again.',
    cause,
  });
}
