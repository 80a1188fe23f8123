// Why a command could not do its work.
import { ActionError } from '@headgate/kit/errors';

export type CommandErrorCode =
  | 'draft-invalid'
  | 'files-exist'
  | 'files-not-written'
  | 'github-refused'
  | 'installation-incomplete'
  | 'node-too-old'
  | 'nothing-found'
  | 'usage';

export class CommandError extends ActionError<CommandErrorCode> {}
