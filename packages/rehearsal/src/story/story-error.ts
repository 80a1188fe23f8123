// Why a story could not be read or played.
import { ActionError } from '@headgate/kit/errors';

export type StoryErrorCode =
  | 'story-not-found'
  | 'invalid-story'
  | 'change-does-not-fit'
  | 'push-refused'
  | 'github-refused'
  | 'event-not-raised'
  | 'load-misplaced'
  | 'registry-fixed'
  | 'notice-fixed'
  | 'no-request'
  | 'application-incomplete';

export class StoryError extends ActionError<StoryErrorCode> {}
