// A command line that cannot be used.
import { CommandError } from './command-error.js';

export class UsageError extends CommandError {
  constructor(message: string, hint: string) {
    super({ code: 'usage', message, hint });
    this.name = 'UsageError';
  }
}
