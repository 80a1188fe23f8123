// Merges made in a bare repository, without a work tree where git allows it.
import { rm } from 'node:fs/promises';
import { isAncestor, readCommit } from './git-reading.js';
import { GitFailure, type GitStore, type Identity, identityEnvironment } from './git-store.js';

export interface MergeAuthors {
  readonly author: Identity;
  readonly committer: Identity;
}

/** The tree of merging `head` into `base`; null when they conflict. */
export async function mergeTree(git: GitStore, base: string, head: string): Promise<string | null> {
  try {
    return (await git.run(['merge-tree', '--write-tree', '--no-messages', base, head])).trim().slice(0, 40);
  } catch (error) {
    // Exit code 1 is a conflict, anything above a failure: git-merge-tree(1).
    if (error instanceof GitFailure && error.code === 1) return null;
    throw error;
  }
}

export interface NewCommit extends MergeAuthors {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

export async function writeCommit(git: GitStore, commit: NewCommit): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  const env = identityEnvironment(commit.author, commit.committer);
  return (
    await git.run(['commit-tree', ...parents, '-F', '-', commit.tree], { input: commit.message, env })
  ).trim();
}

/** Moves a ref only from the expected value (null: must not exist). */
export async function moveRef(git: GitStore, ref: string, to: string, from: string | null): Promise<void> {
  await git.run(['update-ref', ref, to, from ?? '0'.repeat(40)]);
}

/** The commits of `head` replayed on `base`; null when one conflicts. Needs a work tree, kept beside the objects. */
export async function rebaseCommits(
  git: GitStore,
  range: { base: string; head: string },
  committer: Identity,
): Promise<string | null> {
  const work = `${git.directory}/rebase-${range.head}`;
  await git.run(['worktree', 'add', '-q', '--detach', work, range.base]);
  try {
    const env = identityEnvironment(committer, committer);
    const list = await git.run(['rev-list', '--reverse', '--no-merges', `${range.base}..${range.head}`]);
    for (const sha of list.split('\n').filter(Boolean)) {
      const { author } = await readCommit(git, sha);
      const own = {
        ...env,
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_AUTHOR_DATE: author.date,
      };
      await git.run(['-C', work, 'cherry-pick', '--allow-empty', sha], { env: own });
    }
    return (await git.run(['-C', work, 'rev-parse', 'HEAD'])).trim();
  } catch (error) {
    if (error instanceof GitFailure) return null;
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
    await git.run(['worktree', 'prune']);
  }
}

/** True when merging `head` would add nothing. */
export const isMerged = (git: GitStore, base: string, head: string): Promise<boolean> =>
  isAncestor(git, head, base);
