// The closed set of ways a deployment can fail; each code is explained in the README.
import { ActionError } from '@headgate/kit/errors';

export type DeployErrorCode =
  | 'invalid-compose'
  | 'unsupported-compose'
  | 'restarts-with-gap'
  | 'dependency-missing'
  | 'image-without-digest'
  | 'image-not-in-record'
  | 'no-such-release'
  | 'secrets-missing'
  | 'locked'
  | 'lock-unusable'
  | 'ssh-unreachable'
  | 'ssh-host-key'
  | 'ssh-auth-refused'
  | 'ssh-forwarding-refused'
  | 'socket-denied'
  | 'engine-unreachable'
  | 'engine-refused'
  | 'bad-image-name'
  | 'image-not-found'
  | 'registry-refused'
  | 'registry-limit'
  | 'registry-unavailable'
  | 'unsigned'
  | 'signature-invalid'
  | 'pull-failed'
  | 'disk-full'
  | 'wrong-digest'
  | 'proxy-unreachable'
  | 'proxy-refused'
  | 'no-free-slot'
  | 'cannot-run'
  | 'instance-exited'
  | 'out-of-memory'
  | 'health-check-failed'
  | 'not-listening'
  | 'never-healthy'
  | 'unhealthy-in-traffic'
  | 'errors-in-traffic'
  | 'hook-failed'
  | 'slower-in-traffic'
  | 'not-enough-data'
  | 'not-approved'
  | 'prometheus-refused'
  | 'test-failed'
  | 'task-failed'
  | 'task-timed-out'
  | 'files-refused'
  | 'files-missing'
  | 'preview-refused'
  | 'preview-limit'
  | 'host-failed'
  | 'undo-failed'
  | 'cancelled';

/** A failure of a deployment; nothing else is thrown on purpose by this package, except InputError. */
export class DeployError extends ActionError<DeployErrorCode> {}

/** Any thrown value as a DeployError, keeping one that already is; `code` names what else it counts as. */
export function asDeployError(error: unknown, code: DeployErrorCode, doing: string): DeployError {
  if (error instanceof DeployError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new DeployError({
    code,
    message: `${doing}: ${text}`,
    hint: 'Read the cause above; the next deployment of this service cleans up what is left.',
    cause: error,
  });
}

/** `ENOENT`, `EEXIST` … of a system error; '' for anything else. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
