// The subject that was approved against the one that is there now.
import { differingMembers, type Subject, subjectDigest } from '@headgate/kit/subject';
import { failure } from './failures.js';

/**
 * `approved` is the subject's digest, or the document itself as JSON, which lets the difference be named.
 * @throws {ActionError} `subject-mismatch`
 */
export function checkSubject(approved: string, found: Subject): void {
  const digest = subjectDigest(found);
  const document = approved.startsWith('{') ? (JSON.parse(approved) as Subject) : null;
  const names = document === null ? [] : differingMembers(found, document);
  if (document === null ? approved === digest : names.length === 0) return;
  const what =
    document === null
      ? `${approved} was approved, ${digest} was found`
      : `${names.join(', ')} ${names.length === 1 ? 'differs' : 'differ'} from what was approved`;
  throw failure('subject-mismatch', {
    message: `subject: ${what}`,
    hint: 'Ask for a new approval: something changed after the old one.',
  });
}
