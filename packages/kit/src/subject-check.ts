// The subject that was approved against the one that is there now: what every step under the lock looks at first.
import { ActionError, InputError } from './errors.js';
import type { DeliveryRecord } from './record.js';
import { differingMembers, type Subject, subjectDigest, subjectOfRecord } from './subject.js';

export interface ApprovedSubject {
  /** The subject's digest, or the document itself as JSON, which lets every difference be named. */
  readonly approved: string;
  readonly record: DeliveryRecord;
  readonly environment: string;
  /** What the environment is made with now, `sha256:…`; '' when nobody looked. */
  readonly configurationDigest: string;
}

/**
 * Recomputes the subject from the record and compares it.
 * @throws {ActionError} `subject-mismatch`, naming the members that differ as far as they can be known.
 * @throws {InputError} when `approved` is neither a digest nor a document.
 */
export function checkSubject({ approved, record, environment, configurationDigest }: ApprovedSubject): void {
  const found = subjectOfRecord(record, { environment, configurationDigest });
  if (/^sha256:[0-9a-f]{64}$/.test(approved)) {
    if (subjectDigest(found) === approved) return;
    throw mismatch(differenceOf({ approved, record, environment, configurationDigest }));
  }
  const names = differingMembers(found, parseDocument(approved));
  if (names.length === 0) return;
  throw mismatch(`${names.join(', ')} ${names.length === 1 ? 'differs' : 'differ'} from what was approved`);
}

/** A digest names nothing by itself, but the record still holds the configuration that was bound. */
function differenceOf({ approved, record, environment, configurationDigest }: ApprovedSubject): string {
  const then = record.configurations.find((part) => part.environment === environment)?.digest;
  const digest = (configuration: string): string =>
    subjectDigest(subjectOfRecord(record, { environment, configurationDigest: configuration }));
  if (then !== undefined && digest(then) === approved) {
    const now = configurationDigest === '' ? 'none was given' : `${configurationDigest} was found`;
    return `configurationDigest differs from what was approved: ${then} was bound, ${now}`;
  }
  return `${approved} was approved, ${digest(configurationDigest)} was found`;
}

function parseDocument(text: string): Subject {
  const fault = new InputError(
    'subject',
    `sha256:… or the document as JSON was expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    'Pass the output subject of the barrier that closed the plans.',
  );
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Subject;
  } catch {
    throw fault;
  }
  throw fault;
}

function mismatch(what: string): ActionError {
  return new ActionError({
    code: 'subject-mismatch',
    message: `subject: ${what}`,
    hint: 'Ask for a new approval: something changed after the old one.',
  });
}
