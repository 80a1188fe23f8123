// Why a command could not do its work.
import { ActionError } from '@headgate/kit/errors';

export type CommandErrorCode = 'usage' | 'installation-incomplete' | 'node-too-old';

export class CommandError extends ActionError<CommandErrorCode> {}
