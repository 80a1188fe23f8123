// The working clone from which the story's people push, over git's own HTTP protocol and with their own tokens.
import { join } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import type { Person, Social } from '../github/social.js';
import { identity } from '../parts/git-seed.js';
import type { Push } from './action-schema.js';
import { applyChanges, changesNothing } from './changes.js';
import { StoryError } from './story-error.js';

export interface Desk {
  /** Changes files on a branch, commits and pushes. Returns the commit. */
  push(push: Push): Promise<string>;
}

export interface DeskOptions {
  readonly host: Pick<Social, 'person'>;
  /** Address to clone from: `http://127.0.0.1:PORT/owner/name.git` */
  readonly remote: string;
  /** Where the clone goes; made at the first push. */
  readonly directory: string;
  readonly storyFolder: string;
  readonly run: RunCommand;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Git = (...args: string[]) => Promise<string>;

export function createDesk(options: DeskOptions): Desk {
  const clone = join(options.directory, 'clone');
  let cloned = false;
  return {
    push: async (push) => {
      const git = gitAs(options.host.person(push.by, { role: 'write' }), options);
      if (!cloned) await git('clone', '--quiet', options.remote, clone);
      cloned = true;
      return commitAndPush(push, git, { clone, storyFolder: options.storyFolder });
    },
  };
}

async function commitAndPush(
  push: Push,
  git: Git,
  place: { clone: string; storyFolder: string },
): Promise<string> {
  const inClone: Git = (...args) => git('-C', place.clone, ...args);
  await inClone('fetch', '--quiet', '--prune', 'origin');
  const known = (await inClone('branch', '--remotes', '--list', `origin/${push.branch}`)) !== '';
  const start = `origin/${known ? push.branch : push.from}`;
  await inClone('checkout', '--quiet', '--force', '-B', push.branch, start);
  await applyChanges(push, place.clone, place.storyFolder);
  await inClone('add', '--all');
  const empty = changesNothing(push) ? ['--allow-empty'] : [];
  await inClone('commit', '--quiet', ...empty, '--message', push.message);
  await inClone('push', '--quiet', 'origin', `HEAD:refs/heads/${push.branch}`);
  return inClone('rev-parse', 'HEAD');
}

function gitAs(person: Person, options: DeskOptions): Git {
  const credentials = Buffer.from(`x-access-token:${person.token}`).toString('base64');
  return async (...args) => {
    const env = {
      ...identity(person.identity.name, person.identity.email, Math.floor(options.now() / 1_000)),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      // The token travels in a variable: argv can be read by everybody on the machine.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
    };
    const result = await options.run({ file: 'git', args, cwd: options.directory, env });
    if (result.code === 0) return result.stdout.trim();
    const verb = args[0] === '-C' ? args[2] : args[0];
    throw new StoryError({
      code: 'push-refused',
      message: `git ${verb} as ${person.login} failed: ${result.stderr.trim() || result.stdout.trim()}`,
      hint: 'The message is git’s own; check the branch, and that the change leaves something to commit.',
    });
  };
}
