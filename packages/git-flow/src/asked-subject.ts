// What is asked to be approved, once the plans and the configuration are in the record.
import type { Decision } from '@headgate/configuration/decision';
import type { DeliveryRecord } from '@headgate/kit/record';
import { subjectDigest, subjectOfRecord } from '@headgate/kit/subject';

export interface AskedSubject {
  /** `sha256:…`; '' where nothing is bound, as the digest below. */
  readonly subject: string;
  readonly 'configuration-digest': string;
}

/** @throws {ActionError} `invalid-record` */
export function askedSubject({ environment }: Decision, record: DeliveryRecord): AskedSubject {
  const configuration = record.configurations.findLast((part) => part.environment === environment);
  if (environment === null || configuration === undefined) return { subject: '', 'configuration-digest': '' };
  const configurationDigest = configuration.digest;
  const subject = subjectOfRecord(record, { environment, configurationDigest });
  return { subject: subjectDigest(subject), 'configuration-digest': configurationDigest };
}
