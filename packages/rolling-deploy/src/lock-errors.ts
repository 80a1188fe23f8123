// Why a lock cannot be had, or not be kept.
import { DeployError } from './errors.js';
import type { Holder } from './lock-text.js';

const cures = {
  lock: 'Create the folder for this user, or set lock-directory to one it may write to.',
  journal: 'Make room on the host, and let this user write to lock-directory.',
} as const;

export function unusable(file: keyof typeof cures, path: string, cause: unknown): DeployError {
  if (cause instanceof DeployError) return cause;
  return new DeployError({
    code: 'lock-unusable',
    message: `the ${file} ${path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: cures[file],
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
