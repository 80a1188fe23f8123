// Git as one person runs it: under their name, with their token, and with nothing of this machine's own settings.
import type { RunCommand } from '@headgate/kit/process';
import type { Person } from '../github/social.js';
import { identity } from '../parts/git-seed.js';
import { StoryError } from './story-error.js';

/** Returns what git printed. @throws {StoryError} `push-refused`, in git's own words */
export type Git = (...args: string[]) => Promise<string>;

export interface GitPlace {
  readonly directory: string;
  readonly run: RunCommand;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function gitAs(person: Person, place: GitPlace): Git {
  const credentials = Buffer.from(`x-access-token:${person.token}`).toString('base64');
  return async (...args) => {
    const env = {
      ...identity(person.identity.name, person.identity.email, Math.floor(place.now() / 1_000)),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      // The token travels in a variable: argv can be read by everybody on the machine.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
    };
    const result = await place.run({ file: 'git', args, cwd: place.directory, env });
    if (result.code === 0) return result.stdout.trim();
    const verb = args[0] === '-C' ? args[2] : args[0];
    throw new StoryError({
      code: 'push-refused',
      message: `git ${verb} as ${person.login} failed: ${result.stderr.trim() || result.stdout.trim()}`,
      hint: 'The message is git’s own; check the branch, and that the change leaves something to commit.',
    });
  };
}
