// The working clone from which the story's people push, over git's own HTTP protocol and with their own tokens.
import { join } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import type { Person, Social } from '../github/social.js';
import type { Push, Resolve } from './action-schema.js';
import { applyChanges, changesNothing } from './changes.js';
import { type Git, gitAs } from './desk-git.js';
import { mergeByHand } from './resolving.js';

export interface Desk {
  /** Changes files on a branch, commits and pushes. Returns the commit. */
  push(push: Push): Promise<string>;
  /** Merges a branch into another one, settles what conflicts, and pushes. Returns the merge commit. */
  resolve(resolve: Resolve): Promise<string>;
}

export interface DeskOptions {
  readonly host: Pick<Social, 'person' | 'addFork'>;
  /** The repository's full name. */
  readonly repository: string;
  /** `http://127.0.0.1:PORT` */
  readonly serverUrl: string;
  /** Where the clone goes; made at the first push. */
  readonly directory: string;
  readonly storyFolder: string;
  readonly run: RunCommand;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A person at the clone. */
interface Seat {
  readonly git: Git;
  readonly clone: string;
  readonly storyFolder: string;
  /** The remote that is pushed to. */
  readonly remote: string;
}

export function createDesk(options: DeskOptions): Desk {
  const clone = join(options.directory, 'clone');
  const { host, storyFolder, repository, serverUrl } = options;
  const forks = new Set<string>();
  let cloned = false;
  const sit = async (person: Person): Promise<Seat> => {
    const git = gitAs(person, options);
    if (!cloned) await git('clone', '--quiet', `${serverUrl}/${repository}.git`, clone);
    cloned = true;
    const inClone: Git = (...args) => git('-C', clone, ...args);
    await inClone('fetch', '--quiet', '--prune', 'origin');
    return { git: inClone, clone, storyFolder, remote: 'origin' };
  };
  const sitAtFork = async (login: string): Promise<Seat> => {
    const seat = await sit(host.person(login, { role: 'read' }));
    if (!forks.has(login)) {
      const fork = await host.addFork(repository, login);
      await seat.git('remote', 'add', login, `${serverUrl}/${fork}.git`);
      forks.add(login);
    }
    await seat.git('fetch', '--quiet', '--prune', login);
    return { ...seat, remote: login };
  };
  return {
    push: async (push) => {
      const seat = push.fork ? sitAtFork(push.by) : sit(host.person(push.by, { role: 'write' }));
      return commitAndPush(push, await seat);
    },
    resolve: async (resolve) => {
      const seat = await sit(host.person(resolve.by, { role: 'write' }));
      await mergeByHand(resolve, seat);
      return pushHead(resolve.branch, seat);
    },
  };
}

async function commitAndPush(push: Push, seat: Seat): Promise<string> {
  const { git, remote } = seat;
  const known = (await git('branch', '--remotes', '--list', `${remote}/${push.branch}`)) !== '';
  const start = known ? `${remote}/${push.branch}` : `origin/${push.from}`;
  await git('checkout', '--quiet', '--force', '-B', push.branch, start);
  await applyChanges(push, seat.clone, seat.storyFolder);
  await git('add', '--all');
  const empty = changesNothing(push) ? ['--allow-empty'] : [];
  await git('commit', '--quiet', ...empty, '--message', push.message);
  return pushHead(push.branch, seat);
}

async function pushHead(branch: string, { git, remote }: Seat): Promise<string> {
  await git('push', '--quiet', remote, `HEAD:refs/heads/${branch}`);
  return git('rev-parse', 'HEAD');
}
