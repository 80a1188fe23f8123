// The inputs of mode feedback.
import { type JobResult, type Reader, readHandedOn, readNeeds } from './input-forms.js';

export interface FeedbackInputs {
  readonly mode: 'feedback';
  /** The decision's JSON; empty when there is none. */
  readonly decision: string;
  readonly needs: ReadonlyMap<string, JobResult>;
  /** The output `failure` of the jobs before this one, by job id. */
  readonly handedOn: ReadonlyMap<string, string>;
  /** The output `failure` of what judged the run. */
  readonly failure: string;
  /** Whether the pull request is told. */
  readonly comment: boolean;
  readonly githubToken: string;
}

/** @throws {InputError} naming the input. */
export function readFeedbackInputs(reader: Reader): FeedbackInputs {
  return {
    mode: 'feedback',
    decision: reader.text('decision'),
    needs: readNeeds(reader),
    handedOn: readHandedOn(reader),
    failure: reader.text('failure'),
    comment: reader.boolean('comment'),
    githubToken: reader.text('github-token'),
  };
}
