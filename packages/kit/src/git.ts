// Git plumbing with everything a checked-out repository could switch on against us switched off.
import { createGitCommand, gitFailure, safeRevision as safe } from './git-command.js';
import type { CommandResult, RunCommand } from './process.js';

export interface Git {
  /** The full object name `revision` means, or null. */
  revParse(revision: string): Promise<string | null>;
  /** The tree of a commit. */
  tree(revision: string): Promise<string>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Names of all tags, or of those that point at `revision`; sorted. */
  tags(revision?: string): Promise<readonly string[]>;
  /** Commits on the first-parent line of `to` that `from` does not reach; all of the line when `from` is null. */
  firstParentCount(from: string | null, to: string): Promise<number>;
  /** A file's text at a revision, or null when it is not there; at most 10 MiB. */
  show(revision: string, path: string): Promise<string | null>;
  /** Names of a commit's parents, first parent first. */
  parents(revision: string): Promise<readonly string[]>;
  /** Short names of the branches of origin, as they were fetched; sorted. */
  remoteBranches(): Promise<readonly string[]>;
  /** True when the history was cut by a shallow clone. */
  isShallow(): Promise<boolean>;
}

/**
 * Git in `directory`. Revisions that begin with `-` or hold control characters are refused.
 * @throws {ActionError} `git-failed` with git's own message; `tool-missing` without git.
 */
export function createGit(run: RunCommand, directory: string): Git {
  const command = createGitCommand(run, directory);
  const git = (...args: readonly string[]): Promise<CommandResult> => command(args);
  const text = async (...args: readonly string[]): Promise<string> => {
    const result = await git(...args);
    if (result.code !== 0) throw gitFailure(args, result);
    return result.stdout.trim();
  };
  const lines = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await text(...args)).split('\n').filter((line) => line !== '');
  return {
    async revParse(revision) {
      const result = await git('rev-parse', '--verify', '--quiet', '--end-of-options', safe(revision));
      return result.code === 0 ? result.stdout.trim() : null;
    },
    tree: (revision) => text('rev-parse', '--verify', '--end-of-options', `${safe(revision)}^{tree}`),
    async isAncestor(ancestor, descendant) {
      const args = ['merge-base', '--is-ancestor', '--end-of-options', safe(ancestor), safe(descendant)];
      const result = await git(...args);
      if (result.code > 1) throw gitFailure(args, result);
      return result.code === 0;
    },
    tags: (revision) =>
      lines('tag', '--list', ...(revision === undefined ? [] : ['--points-at', safe(revision)])),
    async firstParentCount(from, to) {
      const range = from === null ? safe(to) : `${safe(from)}..${safe(to)}`;
      return Number(await text('rev-list', '--first-parent', '--count', '--end-of-options', range));
    },
    async show(revision, path) {
      const result = await git('cat-file', 'blob', '--end-of-options', `${safe(revision)}:${path}`);
      return result.code === 0 ? result.stdout : null;
    },
    parents: async (revision) =>
      (await text('show', '--no-patch', '--format=%P', '--end-of-options', safe(revision)))
        .split(' ')
        .filter((parent) => parent !== ''),
    async remoteBranches() {
      const root = 'refs/remotes/origin/';
      const names = await lines('for-each-ref', '--format=%(refname)', root);
      return names.map((name) => name.slice(root.length)).filter((name) => name !== 'HEAD');
    },
    isShallow: async () => (await text('rev-parse', '--is-shallow-repository')) === 'true',
  };
}
