// How problems with the input `hooks` are said.
import type { InputError } from '@headgate/kit/errors';
import { isMapping, wrongMember } from './one-off-inputs.js';

export const hookInput = 'hooks';

/** @throws {InputError} for what is no map, or has members that are not known */
export function mapping(
  place: string,
  value: unknown,
  known: readonly string[] | null = null,
): Readonly<Record<string, unknown>> {
  if (!isMapping(value)) throw wrongHook(`${place}: a map was expected`);
  const unknown = known === null ? undefined : Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return value;
  throw wrongHook(`${place}: it has no ${shown(unknown)}`, `Use ${known?.join(', ')} only.`);
}

export function shown(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 80);
}

export function wrongHook(
  problem: string,
  hint = 'Write for example before-deploy: [{name: migrate, task: {command: [node, migrate.js]}}].',
): InputError {
  return wrongMember(hookInput, problem, hint);
}
