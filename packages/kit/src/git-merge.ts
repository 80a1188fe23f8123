// Merges without a work tree: what would happen, and the merge commit itself.
import { ActionError } from './errors.js';
import { createGitCommand, gitFailure, safeRevision } from './git-command.js';
import type { CommandResult, RunCommand } from './process.js';

export type MergeTrial =
  /** `tree`: the object name of the merged tree. */
  | { readonly kind: 'clean'; readonly tree: string }
  /** `files`: paths that somebody has to look at, as git lists them; `tree` holds them with marks of the conflict. */
  | { readonly kind: 'conflict'; readonly tree: string; readonly files: readonly string[] };

export interface MergeCommit {
  readonly tree: string;
  /** First parent first. */
  readonly parents: readonly string[];
  readonly message: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface LastChange {
  /** The author's name; hostile text. */
  readonly author: string;
  readonly commit: string;
}

export interface GitMerge {
  /** Merges `source` into `target` in memory. Nothing is checked out, no reference moves. */
  attempt(target: string, source: string): Promise<MergeTrial>;
  /** Writes a commit object; it is nobody's until it is pushed. */
  commit(commit: MergeCommit): Promise<string>;
  /** Who changed `path` last on the way from `from` to `to`, merges apart; null when nobody did. */
  lastChange(path: string, from: string, to: string): Promise<LastChange | null>;
  /** The best common ancestor, or null. */
  base(left: string, right: string): Promise<string | null>;
}

/** Who GitHub shows for what a workflow commits. Source: README of actions/checkout. */
const author = {
  name: 'github-actions[bot]',
  email: '41898282+github-actions[bot]@users.noreply.github.com',
} as const;

/**
 * Needs git 2.38 or later (`merge-tree --write-tree`).
 * @throws {ActionError} from its calls: `git-failed` with git's own message, `tool-missing`.
 */
export function createGitMerge(run: RunCommand, directory: string): GitMerge {
  const git = createGitCommand(run, directory);
  const text = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const result = await git(args, { env });
    if (result.code !== 0) throw gitFailure(args, result);
    return result.stdout.trim();
  };
  return {
    async attempt(target, source) {
      const options = ['--write-tree', '-z', '--name-only', '--no-messages'];
      const args = ['merge-tree', ...options, safeRevision(target), safeRevision(source)];
      return readTrial(args, await git(args));
    },
    commit({ tree, parents, message, at }) {
      const named = parents.flatMap((parent) => ['-p', safeRevision(parent)]);
      return text(['commit-tree', ...named, '-m', message, safeRevision(tree)], identity(at));
    },
    async lastChange(path, from, to) {
      const range = `${safeRevision(from)}..${safeRevision(to)}`;
      const args = [
        '--literal-pathspecs',
        'log',
        '-1',
        '--no-merges',
        '--format=%H%x00%an',
        range,
        '--',
        path,
      ];
      const [commit = '', name = ''] = (await text(args)).split('\0');
      return commit === '' ? null : { commit, author: name };
    },
    async base(left, right) {
      const args = ['merge-base', safeRevision(left), safeRevision(right)];
      const result = await git(args);
      if (result.code > 1) throw gitFailure(args, result);
      return result.code === 0 ? result.stdout.trim() : null;
    },
  };
}

/** Exit code 0: clean; 1: conflicts; the answer is the tree, then the files, each ended by NUL. */
function readTrial(args: readonly string[], result: CommandResult): MergeTrial {
  const [tree = '', ...files] = result.stdout.split('\0').filter((part) => part !== '');
  if (result.code === 0) return { kind: 'clean', tree: tree.trim() };
  if (result.code === 1 && files.length > 0) return { kind: 'conflict', tree: tree.trim(), files };
  if (!/unknown option|usage:/.test(result.stderr)) throw gitFailure(args, result);
  throw new ActionError({
    code: 'git-failed',
    message: 'git 2.38 or later was expected, which merges without a work tree; this one is older',
    hint: 'Update git on the runner.',
  });
}

function identity(at: string): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: at,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_COMMITTER_DATE: at,
  };
}
