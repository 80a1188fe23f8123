// Reads bare repositories: files at a commit, commits of references, changed paths, archives.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf, problem } from './problem.js';

const execute = promisify(execFile);

export interface GitObjects {
  /** The commit of a tag, branch, full reference or SHA and the full reference; `null` when there is none. */
  resolve(reference: string): Promise<{ readonly sha: string; readonly ref: string } | null>;
  /** A file's text at a commit; `null` when it is not there. */
  file(sha: string, path: string): Promise<string | null>;
  /** Names directly inside a folder at a commit. */
  list(sha: string, folder: string): Promise<readonly string[]>;
  /** Paths that differ between two commits; against nothing when `from` is null. */
  changed(from: string | null, to: string): Promise<readonly string[]>;
  /** First commit both have, or null. */
  mergeBase(left: string, right: string): Promise<string | null>;
}

/** Git's plumbing on one bare repository. `directory` must exist. */
export function gitObjects(directory: string): GitObjects {
  const git = async (...args: string[]): Promise<string> => {
    const options = { maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' as const, timeout: 60_000 };
    return (await execute('git', ['--git-dir', directory, ...args], options)).stdout;
  };
  const quietly = async (...args: string[]): Promise<string | null> => {
    try {
      return await git(...args);
    } catch (error) {
      // An exit code is git's answer; anything else means that git itself could not run.
      if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number')
        return null;
      throw problem('not-found', `git failed in ${directory}: ${messageOf(error)}`, 'Install git.', error);
    }
  };
  const lines = (text: string | null): string[] => (text ?? '').split('\0').filter((line) => line !== '');
  return {
    async resolve(reference) {
      for (const ref of [`refs/tags/${reference}`, `refs/heads/${reference}`, reference]) {
        const sha = await quietly('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
        if (sha !== null) return { sha: sha.trim(), ref };
      }
      return null;
    },
    file: (sha, path) => quietly('cat-file', 'blob', `${sha}:${path}`),
    async list(sha, folder) {
      const names = lines(await quietly('ls-tree', '-z', '--name-only', sha, `${folder}/`));
      return names.map((name) => name.slice(folder.length + 1));
    },
    async changed(from, to) {
      if (from === null) return lines(await quietly('ls-tree', '-r', '-z', '--name-only', to));
      return lines(await quietly('diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to));
    },
    async mergeBase(left, right) {
      return (await quietly('merge-base', left, right))?.trim() ?? null;
    },
  };
}
