// What was edited in folders since their files were put into repositories; the folders and their own repositories stay untouched.
import { join } from 'node:path';
import type { RunCommand } from '@headgate/kit/process';
import type { Edit, EditedFolders } from '../runner/edits.js';
import { folderGit } from './git-seed.js';
import { PartError } from './part-error.js';

export interface SeededFolder {
  readonly files: string;
  readonly bare: string;
  /** The commit that the files became. */
  readonly commit: string;
}

/** By `owner/name`. */
export function editedFolders(folders: ReadonlyMap<string, SeededFolder>, run: RunCommand): EditedFolders {
  return {
    folderOf: (repository) => folders.get(repository)?.files ?? null,
    changed: async (repository) => {
      const folder = folders.get(repository);
      return folder === undefined ? [] : changedIn(folder, run);
    },
  };
}

async function changedIn({ files, bare, commit }: SeededFolder, run: RunCommand): Promise<readonly Edit[]> {
  // Kept from one look to the next, so that only what changed is read again.
  const git = folderGit({ files, bare, index: join(bare, 'edits-index'), env: {} }, run);
  const tree = await git.tree();
  const listed = await git.run('diff-tree', '-r', '-z', '--no-renames', '--name-status', commit, tree);
  const fields = listed.split('\0');
  const edits: Edit[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    edits.push({ path: fields[at + 1] ?? '', deleted: fields[at] === 'D' });
  }
  return edits;
}

const seedRef = 'refs/headgate/seed';

/** Writes the seed's commit into a file that `fetchSeed` takes. */
export async function bundleSeed(
  { bare, commit }: SeededFolder,
  file: string,
  run: RunCommand,
): Promise<void> {
  await plainGit(bare, ['update-ref', seedRef, commit], run);
  await plainGit(bare, ['bundle', 'create', '--quiet', file, seedRef], run);
}

/** Puts a kept seed into a bare repository and points the references at its commit; the first becomes HEAD. */
export async function fetchSeed(
  seed: {
    readonly bare: string;
    readonly file: string;
    readonly commit: string;
    readonly refs: readonly string[];
  },
  run: RunCommand,
): Promise<void> {
  await plainGit(
    seed.bare,
    ['fetch', '--quiet', '--no-write-fetch-head', seed.file, `${seedRef}:${seedRef}`],
    run,
  );
  for (const ref of seed.refs) await plainGit(seed.bare, ['update-ref', ref, seed.commit], run);
  await plainGit(seed.bare, ['update-ref', '-d', seedRef], run);
  if (seed.refs[0] !== undefined) await plainGit(seed.bare, ['symbolic-ref', 'HEAD', seed.refs[0]], run);
}

async function plainGit(bare: string, args: readonly string[], run: RunCommand): Promise<void> {
  const env = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const result = await run({ file: 'git', args: ['--git-dir', bare, ...args], cwd: bare, env });
  if (result.code === 0) return;
  throw new PartError({
    code: 'repository-not-seeded',
    message: `git ${args[0]} in ${bare} failed: ${result.stderr.trim()}`,
    hint: 'Check that git is installed and that the disk is not full; rehearse without --from.',
  });
}
