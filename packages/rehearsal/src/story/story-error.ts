// Why a story could not be read or played.
import { ActionError } from '@headgate/kit/errors';

export type StoryErrorCode =
  | 'story-not-found'
  | 'invalid-story'
  | 'change-does-not-fit'
  | 'push-refused'
  | 'github-refused'
  | 'event-not-raised'
  | 'too-late'
  | 'load-misplaced'
  | 'registry-fixed'
  | 'application-incomplete'
  | 'installation-incomplete';

export class StoryError extends ActionError<StoryErrorCode> {}
