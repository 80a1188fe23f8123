// The commits that a clone has, cuts of a shallow one and all.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createGitCommand, gitFailure, safeRevision as safe } from './git-command.js';
import type { RunCommand } from './process.js';

export interface GitGraph {
  has(revision: string): Promise<boolean>;
  name(revision: string): Promise<string>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  parents(commit: string): Promise<readonly string[]>;
  bases(left: string, right: string): Promise<readonly string[]>;
  list(args: readonly string[]): Promise<readonly string[]>;
  range(to: readonly string[], from: readonly string[]): readonly string[];
  /** Commits whose parents are not here. */
  cuts(): ReadonlySet<string>;
  /** True when one of them is reached from `to` and not from `from`. */
  isCut(to: readonly string[], from: readonly string[]): Promise<boolean>;
}

/** @throws {ActionError} `git-failed` */
export function createGitGraph(run: RunCommand, directory: string): GitGraph {
  const git = createGitCommand(run, directory);
  const list = async (args: readonly string[], lenient = 0): Promise<readonly string[]> => {
    const result = await git(args);
    if (result.code > lenient) throw gitFailure(args, result);
    return result.stdout.split('\n').filter((line) => line !== '');
  };
  const range = (to: readonly string[], from: readonly string[]): readonly string[] => [
    ...to.map(safe),
    ...from.map((each) => `^${safe(each)}`),
  ];
  const revisions = (args: readonly string[]): Promise<readonly string[]> =>
    list(['rev-list', ...args, '--']);
  const cuts = (): ReadonlySet<string> => readCuts(directory);
  return {
    has: async (revision) => (await git(['cat-file', '-e', `${safe(revision)}^{commit}`])).code === 0,
    name: async (revision) => (await list(['rev-parse', '--verify', `${safe(revision)}^{commit}`]))[0] ?? '',
    async isAncestor(ancestor, descendant) {
      const args = ['merge-base', '--is-ancestor', safe(ancestor), safe(descendant)];
      const result = await git(args);
      if (result.code > 1) throw gitFailure(args, result);
      return result.code === 0;
    },
    parents: async (commit) =>
      ((await list(['show', '--no-patch', '--format=%P', safe(commit), '--']))[0] ?? '')
        .split(' ')
        .filter((parent) => parent !== ''),
    bases: (left, right) => list(['merge-base', '--all', safe(left), safe(right)], 1),
    list: revisions,
    range,
    cuts,
    async isCut(to, from) {
      const known = cuts();
      if (known.size === 0) return false;
      const roots = await revisions(['--max-parents=0', ...range(to, from)]);
      return roots.some((root) => known.has(root));
    },
  };
}

/** Git keeps them in a file of the repository; linked work trees share that of the first one. */
function readCuts(directory: string): ReadonlySet<string> {
  try {
    const text = readFileSync(resolve(commonDirectory(directory), 'shallow'), 'utf8');
    return new Set(text.split('\n').filter((line) => line !== ''));
  } catch {
    return new Set();
  }
}

function commonDirectory(directory: string): string {
  const dotGit = resolve(directory, '.git');
  try {
    // Of a linked work tree it is a file that names a folder, which names the common one.
    const linked = resolve(
      directory,
      readFileSync(dotGit, 'utf8')
        .replace(/^gitdir: /, '')
        .trim(),
    );
    return resolve(linked, readFileSync(resolve(linked, 'commondir'), 'utf8').trim());
  } catch {
    return dotGit;
  }
}
