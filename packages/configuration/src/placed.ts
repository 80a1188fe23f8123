// A failure of the decision with its line of headgate.yml: the messages of such failures begin with the path.
import { ActionError } from '@headgate/kit/errors';
import type { ReadConfiguration } from './read.js';

const leadingPath = /^([a-z][a-z-]*(?:\.[^\s.:]+)+):/;

/** Runs `work`; an error that names a member of headgate.yml gets its place. */
export function placing<T>(read: ReadConfiguration, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ActionError && error.place === null ? placed(error, read) : error;
  }
}

function placed(error: ActionError, read: ReadConfiguration): ActionError {
  const path = leadingPath.exec(error.message)?.[1]?.split('.') ?? [];
  if (!Object.hasOwn(read.configuration, path[0] ?? '')) return error;
  const { code, message, hint, cause } = error;
  const { line } = read.positionOf(path.map((part) => (/^\d+$/.test(part) ? Number(part) : part)));
  return new ActionError({ code, message, hint, cause, place: { file: read.file, line } });
}
