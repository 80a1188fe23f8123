// Why a story could not be read or played.
import { ActionError } from '@headgate/kit/errors';

export type StoryErrorCode =
  | 'story-not-found'
  | 'invalid-story'
  | 'change-does-not-fit'
  | 'push-refused'
  | 'no-conflict'
  | 'conflict-unsettled'
  | 'job-not-running'
  | 'github-refused'
  | 'event-not-raised'
  | 'load-misplaced'
  | 'registry-fixed'
  | 'signing-fixed'
  | 'notice-fixed'
  | 'no-request'
  | 'nothing-kept'
  | 'job-not-kept'
  | 'address-taken'
  | 'application-incomplete';

export class StoryError extends ActionError<StoryErrorCode> {}
