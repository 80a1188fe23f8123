// Puts a folder's files into a bare repository as one first commit, without touching the folder or its own repository.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import { PartError } from './part-error.js';

export interface Seed {
  /** The folder whose files are taken; its .gitignore files are obeyed. */
  readonly files: string;
  /** The bare repository. */
  readonly bare: string;
  /** Full names: `refs/heads/master`. The first becomes HEAD. */
  readonly refs: readonly string[];
  /** Names of annotated tags on the commit; none unless said. */
  readonly tags?: readonly string[];
  readonly message: string;
  /** Seconds since the epoch, so that the same files give the same commit. */
  readonly time: number;
}

/** Commits the files and points the references at the commit. Returns its id. @throws {PartError} */
export async function seedRepository(seed: Seed, run: RunCommand): Promise<string> {
  const index = join(seed.bare, 'seed-index');
  const env = identity('Headgate', 'rehearsal@example.com', seed.time);
  const git = folderGit({ ...seed, index, env }, run);
  const tree = await git.tree();
  const commit = await git.run('commit-tree', tree, '-m', seed.message);
  for (const ref of seed.refs) await git.run('update-ref', ref, commit);
  if (seed.refs[0] !== undefined) await git.run('symbolic-ref', 'HEAD', seed.refs[0]);
  for (const tag of seed.tags ?? []) await git.run('tag', '--annotate', '--message', tag, '--', tag, commit);
  await rm(index, { force: true });
  return commit;
}

export interface FolderGit {
  run(...args: readonly string[]): Promise<string>;
  /** The folder's files as they are now, as a tree in the bare repository. */
  tree(): Promise<string>;
}

/** Git with a folder for its work tree and an index of its own. */
export function folderGit(
  place: Pick<Seed, 'files' | 'bare'> & {
    readonly index: string;
    readonly env: Readonly<Record<string, string>>;
  },
  run: RunCommand,
): FolderGit {
  const env = {
    GIT_DIR: place.bare,
    GIT_WORK_TREE: place.files,
    GIT_INDEX_FILE: place.index,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...place.env,
  };
  const git: FolderGit['run'] = async (...args) => {
    const result = await run({
      file: 'git',
      args: ['-c', 'core.bare=false', '-c', 'core.autocrlf=false', ...args],
      cwd: place.files,
      env,
    });
    if (result.code !== 0) throw failed(place, args[0] ?? '', result.stderr);
    return result.stdout.trim();
  };
  return {
    run: git,
    tree: async () => {
      await git('add', '--all', '--', '.', ':(exclude,glob)**/node_modules/**');
      return git('write-tree');
    },
  };
}

/** Author and committer in git's environment variables. */
export function identity(name: string, email: string, time: number): Record<string, string> {
  const date = `${time} +0000`;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}

function failed(seed: Pick<Seed, 'files'>, verb: string, stderr: string): PartError {
  return new PartError({
    code: 'repository-not-seeded',
    message: `git ${verb} of ${seed.files} failed: ${stderr.trim()}`,
    hint: 'Check that git is installed and that the folder can be read.',
  });
}
