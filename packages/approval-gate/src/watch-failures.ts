// Ways in which waiting ends without a decision of people.
import type { ActionError } from '@headgate/kit/errors';
import { type FailureCode, failure } from './failures.js';
import type { Request } from './requests.js';

/** Somebody who can write changed our comment: what people read may not be what they were asked. */
export function alteredFailure({ comment }: Request): ActionError<FailureCode> {
  return failure('request-altered', {
    message: `the request was expected as it was written, somebody changed it: ${comment.url}`,
    hint: 'See who edited it, then re-run all jobs of this run: that asks anew.',
    outputs: { decision: 'error' },
  });
}

export function deletedFailure({ marker }: Request): ActionError<FailureCode> {
  return failure('request-missing', {
    message: `the request for ${marker.environment} was expected in its thread, somebody deleted it`,
    hint: 'See who deleted it, then re-run all jobs of this run: that asks anew.',
  });
}

export function unreachableFailure(cause: ActionError, minutes: number): ActionError<FailureCode> {
  return failure('gate-unreachable', {
    message: `the comments were expected to be readable, GitHub has failed for ${minutes} minutes: ${cause.message}`,
    hint: 'See https://www.githubstatus.com, then re-run the failed jobs: the request and its approvals stand.',
    cause,
  });
}
