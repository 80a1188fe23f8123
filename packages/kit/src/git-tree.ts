// Trees without a work tree of the checkout: laid out in a folder of their own, and made anew with other files.
import { lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { createGitCommand, gitFailure, safeRevision as safe } from './git-command.js';
import type { RunCommand } from './process.js';

export interface TreeFile {
  /** From the root, with `/`. */
  readonly path: string;
  /** An object's name; null takes the file out. */
  readonly blob: string | null;
}

export interface GitTree {
  /** Paths among these that differ between two commits or trees. */
  changed(from: string, to: string, paths: readonly string[]): Promise<readonly string[]>;
  /** The object of a file at a revision; null when there is none. */
  blob(revision: string, path: string): Promise<string | null>;
  /** Keeps the bytes of an ordinary file in a folder; null for anything else, and for what a link leads out to. */
  keep(folder: string, path: string): Promise<string | null>;
  /** The same tree with other files; they keep their mode. */
  replace(tree: string, files: readonly TreeFile[]): Promise<string>;
  /** Lays a tree out in a new folder. */
  layOut(tree: string, folder: string): Promise<void>;
}

/** `scratch` is a folder for an index of its own. @throws {ActionError} `git-failed` */
export function createGitTree(run: RunCommand, directory: string, scratch: string): GitTree {
  const git = createGitCommand(run, directory);
  const index = join(scratch, 'index');
  const text = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const result = await git(['--literal-pathspecs', ...args], { env });
    if (result.code !== 0) throw gitFailure(args, result);
    return result.stdout;
  };
  const indexed = (args: readonly string[]): Promise<string> => text(args, { GIT_INDEX_FILE: index });
  const entry = async (revision: string, path: string): Promise<readonly [string, string] | null> => {
    const [mode, , name] = (await text(['ls-tree', safe(revision), '--', path])).split(/\s/);
    return mode === undefined || mode === '' || name === undefined ? null : [mode, name];
  };
  return {
    changed: async (from, to, paths) =>
      (await text(['diff', '--name-only', '-z', safe(from), safe(to), '--', ...paths]))
        .split('\0')
        .filter((path) => path !== ''),
    blob: async (revision, path) => (await entry(revision, path))?.[1] ?? null,
    async keep(folder, path) {
      const file = join(folder, path);
      return isOrdinary(folder, file)
        ? (await text(['hash-object', '-w', '--no-filters', '--', file])).trim()
        : null;
    },
    async replace(tree, files) {
      mkdirSync(scratch, { recursive: true });
      rmSync(index, { force: true });
      await indexed(['read-tree', safe(tree)]);
      for (const { path, blob } of files) {
        const mode = (await entry(tree, path))?.[0] ?? '100644';
        // Conflicting stages of the same path go with it.
        await indexed(['update-index', '--force-remove', '--', path]);
        if (blob !== null) await indexed(['update-index', '--add', '--cacheinfo', `${mode},${blob},${path}`]);
      }
      return (await indexed(['write-tree'])).trim();
    },
    async layOut(tree, folder) {
      mkdirSync(folder, { recursive: true });
      rmSync(index, { force: true });
      await indexed(['read-tree', safe(tree)]);
      await indexed(['checkout-index', '--all', '--force', `--prefix=${folder}/`]);
    },
  };
}

function isOrdinary(folder: string, file: string): boolean {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const [root, real] = [realpathSync(folder), realpathSync(dirname(file))];
  return real === root || real.startsWith(`${root}${sep}`);
}
