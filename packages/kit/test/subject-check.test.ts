// What was approved against what is there: equal passes, a difference is named, a form that is no subject is refused.
import { describe, expect, it } from '@jest/globals';
import { type DeliveryRecord, emptyRecord } from '../src/record.js';
import { createSubject, subjectDigest, subjectOfRecord } from '../src/subject.js';
import { checkSubject } from '../src/subject-check.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const environment = 'production';

function recordOf(version: string | null, bound = digest('4')): DeliveryRecord {
  const flow = {
    application: 'shop',
    repository: 'acme/shop',
    event: 'push',
    ref: 'refs/heads/main',
    branchKind: 'production',
    version,
    commit: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    actor: 'dana',
    run: { id: 1, attempt: 1, url: '' },
  };
  return { ...emptyRecord(flow), configurations: [{ environment, digest: bound, members: {} }] };
}

const check = (approved: string, configurationDigest: string, record = recordOf('1.0.0')): void =>
  checkSubject({ approved, record, environment, configurationDigest });
const subject = subjectOfRecord(recordOf('1.0.0'), { environment, configurationDigest: digest('4') });

describe('an approved subject', () => {
  it.each([
    ['by its digest', subjectDigest(subject)],
    ['as the document', JSON.stringify(subject)],
  ])('passes %s', (_, approved) => {
    expect(() => check(approved, digest('4'))).not.toThrow();
  });

  it.each([
    [digest('5'), `${digest('4')} was bound, ${digest('5')} was found`],
    ['', `${digest('4')} was bound, none was given`],
  ])('refuses another configuration (%j) by name, known from the record', (found, words) => {
    expect(() => check(subjectDigest(subject), found)).toThrow(
      expect.objectContaining({
        code: 'subject-mismatch',
        message: `subject: configurationDigest differs from what was approved: ${words}`,
      }),
    );
  });

  it('does not blame the configuration for another difference', () => {
    const other = recordOf('1.0.1');

    expect(() => check(subjectDigest(subject), digest('4'), other)).toThrow(
      expect.objectContaining({
        code: 'subject-mismatch',
        message: expect.stringMatching(
          /^subject: sha256:[0-9a-f]{64} was approved, sha256:[0-9a-f]{64} was found$/,
        ),
      }),
    );
  });

  it('names every member of a document that differs', () => {
    const other = createSubject({ ...subject, commit: 'c'.repeat(40), version: null });

    expect(() => check(JSON.stringify(other), digest('4'))).toThrow(
      expect.objectContaining({ message: 'subject: commit, version differ from what was approved' }),
    );
  });

  it('refuses a document without a member as one that differs', () => {
    const { images: _, ...rest } = subject;

    expect(() => check(JSON.stringify(rest), digest('4'))).toThrow(
      expect.objectContaining({ message: 'subject: images differs from what was approved' }),
    );
  });

  it.each(['', 'sha256:1234', '{"schema": 1', '[]', '"text"', 'null'])(
    'refuses %j as no subject',
    (approved) => {
      expect(() => check(approved, digest('4'))).toThrow(
        expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('subject: ') }),
      );
    },
  );
});
