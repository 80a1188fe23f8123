// Why a lock cannot be had, or not be kept.
import { DeployError } from './errors.js';
import type { Holder } from './lock-text.js';

export function unusable({ path }: { readonly path: string }, cause: unknown): DeployError {
  if (cause instanceof DeployError) return cause;
  return new DeployError({
    code: 'lock-unusable',
    message: `the lock ${path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Create the folder for this user, or set lock-directory to one it may write to.',
    cause,
  });
}

export function locked(path: string, holder: Holder | null): DeployError {
  const until = holder === null ? '' : ` until ${new Date(holder.expiresAt).toISOString()} unless renewed`;
  return new DeployError({
    code: 'locked',
    message: `another deployment of this service is under way: ${holder?.url ?? 'unknown'} holds ${path}${until}`,
    hint: 'Wait for that run, or remove the file on the host when that run is certainly dead.',
  });
}

export function tooLate(path: string): DeployError {
  return new DeployError({
    code: 'locked',
    message: `${path} was renewed too late: another run may have taken it meanwhile`,
    hint: 'Look why the runner or the host stood still, or raise lock-expiry; then deploy again.',
  });
}
