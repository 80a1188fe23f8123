// A command line that cannot be used.
import { ActionError } from '@headgate/kit/errors';

export class UsageError extends ActionError<'usage'> {
  constructor(message: string, hint: string) {
    super({ code: 'usage', message, hint });
    this.name = 'UsageError';
  }
}
