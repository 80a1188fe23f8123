// The working clone from which the story's people push, over git's own HTTP protocol and with their own tokens.
import { join } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import type { GitHubHost } from '../model.js';
import { identity } from '../parts/git-seed.js';
import { applyChanges } from './changes.js';
import { StoryError } from './story-error.js';
import type { Push } from './story-schema.js';

export interface Desk {
  /** Changes files on a branch, commits and pushes. Returns the commit. */
  push(push: Push): Promise<string>;
}

export interface DeskOptions {
  readonly host: GitHubHost;
  readonly repository: string;
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
      const token = grantPerson(options.host, options.repository, push.by);
      const git = gitAs(push.by, token, options, clone);
      try {
        if (!cloned)
          await git('clone', '--quiet', `${options.host.serverUrl}/${options.repository}.git`, clone);
        cloned = true;
        return await commitAndPush(push, git, { clone, storyFolder: options.storyFolder });
      } finally {
        options.host.revokeToken(token);
      }
    },
  };
}

/** What a collaborator with the role "write" may do. */
export function grantPerson(host: GitHubHost, repository: string, login: string): string {
  const permissions = {
    contents: 'write',
    'pull-requests': 'write',
    issues: 'write',
    deployments: 'read',
    actions: 'read',
  } as const;
  return host.grantToken({ repository, permissions, login, jobToken: false });
}

async function commitAndPush(
  push: Push,
  git: Git,
  place: { clone: string; storyFolder: string },
): Promise<string> {
  const inClone: Git = (...args) => git('-C', place.clone, ...args);
  await inClone('fetch', '--quiet', '--prune', 'origin');
  const known = (await inClone('branch', '--remotes', '--list', `origin/${push.branch}`)) !== '';
  await inClone(
    'checkout',
    '--quiet',
    '--force',
    '-B',
    push.branch,
    `origin/${known ? push.branch : push.from}`,
  );
  await applyChanges(push, place.clone, place.storyFolder);
  await inClone('add', '--all');
  await inClone('commit', '--quiet', '--message', push.message);
  await inClone('push', '--quiet', 'origin', `HEAD:refs/heads/${push.branch}`);
  return inClone('rev-parse', 'HEAD');
}

function gitAs(login: string, token: string, options: DeskOptions, clone: string): Git {
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  return async (...args) => {
    const env = {
      ...identity(login, `${login}@example.com`, Math.floor(options.now() / 1_000)),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
    };
    const result = await options.run({ file: 'git', args, cwd: options.directory, env });
    if (result.code === 0) return result.stdout.trim();
    throw new StoryError({
      code: 'push-refused',
      message: `git ${args.filter((arg) => arg !== '-C' && arg !== clone)[0] ?? ''} as ${login} failed: ${result.stderr.trim() || result.stdout.trim()}`,
      hint: 'The message is git’s own; check the branch, and that the change leaves something to commit.',
    });
  };
}
