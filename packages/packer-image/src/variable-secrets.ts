// Which secret feeds which variable: lines `variable=NAME`, or `{secret: NAME}` members in settings.
import { InputError } from '@headgate/kit/errors';
import type { InputValue } from '@headgate/kit/inputs';

/**
 * Packer variable → name of the secret.
 * @throws {InputError} for a member that is a value instead of a name; never quoting it.
 */
export function readVariableSecrets(
  { from, value }: InputValue,
  lines: () => ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (from !== 'settings' || typeof value !== 'object' || value === null || Array.isArray(value))
    return lines();
  return new Map(Object.entries(value).map(([variable, source]) => [variable, nameOf(variable, source)]));
}

function nameOf(variable: string, source: unknown): string {
  if (
    typeof source === 'object' &&
    source !== null &&
    'secret' in source &&
    typeof source.secret === 'string'
  ) {
    return source.secret;
  }
  const hint = 'Put the value into BUILD_SECRETS under build, and name it here.';
  throw new InputError('secrets', `${variable}: {secret: NAME} was expected`, hint);
}
