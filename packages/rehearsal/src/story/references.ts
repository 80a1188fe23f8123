// Branches and tags of the application's repository, read from the repository itself.
import type { RunCommand } from '@headgate/kit/process';

export interface References {
  /** Names, sorted. */
  list(): Promise<{ readonly branches: readonly string[]; readonly tags: readonly string[] }>;
  /** The commit of a branch or a tag; null when there is none. `annotated`: a tag with an object of its own. */
  find(
    kind: 'branch' | 'tag',
    name: string,
  ): Promise<{ readonly commit: string; readonly annotated: boolean } | null>;
  /** Whether the branch `of` contains everything of the other branch. Both must exist. */
  isAncestor(branch: string, of: string): Promise<boolean>;
}

const folder = { branch: 'refs/heads/', tag: 'refs/tags/' } as const;

/** Reads a bare repository by its folder. */
export function createReferences(bare: string, run: RunCommand): References {
  const git = (...args: string[]): ReturnType<RunCommand> =>
    run({ file: 'git', args: ['--git-dir', bare, ...args] });
  const resolve = async (name: string): Promise<string | null> => {
    const { code, stdout } = await git('rev-parse', '--verify', '--quiet', '--end-of-options', name);
    return code === 0 ? stdout.trim() : null;
  };
  return {
    list: async () => {
      const { stdout } = await git('for-each-ref', '--format=%(refname)', folder.branch, folder.tag);
      const names = stdout.trim().split('\n');
      const below = (prefix: string): readonly string[] =>
        names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
      return { branches: below(folder.branch), tags: below(folder.tag) };
    },
    find: async (kind, name) => {
      const full = `${folder[kind]}${name}`;
      const [object, commit] = await Promise.all([resolve(full), resolve(`${full}^{commit}`)]);
      return object === null || commit === null ? null : { commit, annotated: object !== commit };
    },
    isAncestor: async (branch, of) => {
      const names = [branch, of].map((name) => `${folder.branch}${name}`);
      return (await git('merge-base', '--is-ancestor', ...names)).code === 0;
    },
  };
}
