// What a run started by hand is to bring where: the inputs of the step say it, else those of the dispatch.
import type { RestoreRequest } from '@headgate/configuration/facts';
import type { Context } from '@headgate/kit/context';
import { failure } from './failures.js';

/** Null when nothing is asked for: the run then is as a push to its branch. @throws {ActionError} `dispatch-refused` */
export function restoreRequest(
  given: RestoreRequest,
  { eventName, event }: Pick<Context, 'eventName' | 'event'>,
): RestoreRequest | null {
  const inputs = (eventName === 'workflow_dispatch' ? event['inputs'] : null) ?? {};
  const dispatched = inputs as Readonly<Record<string, unknown>>;
  const version = given.version || text(dispatched['version']);
  const environment = given.environment || text(dispatched['environment']);
  if (version === '' && environment === '') return null;
  if (version === '' || environment === '') {
    const [has, lacks] = version === '' ? ['environment', 'version'] : ['version', 'environment'];
    throw refused(`both version and environment were expected, only ${has} was given`, `Give ${lacks} too.`);
  }
  if (!versionForm.test(version)) {
    const shown = JSON.stringify(version.slice(0, 80));
    throw refused(
      `previous, X.Y.Z, vX.Y.Z or a commit was expected as version, ${shown} was found`,
      'Write the version of a release, such as 1.4.2.',
    );
  }
  return { version, environment };
}

const number = '(?:0|[1-9][0-9]{0,8})';
const versionForm = new RegExp(`^(?:previous|v?${number}\\.${number}\\.${number}|[0-9a-f]{7,64})$`);

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function refused(message: string, hint: string): Error {
  return failure('dispatch-refused', message, hint);
}
