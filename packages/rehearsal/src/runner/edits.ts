// What people edited since the rehearsal took their files, and how it comes into a job that is going on.
import { cp, lstat, mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Session } from './session.js';

export interface Edit {
  /** Relative to the folder. */
  readonly path: string;
  readonly deleted: boolean;
}

/** Folders in which people edit; a repository that was not taken from one has no edits. */
export interface EditedFolders {
  /** `owner/name` → folder; null: nobody edits it here. */
  folderOf(repository: string): string | null;
  /** What differs from the files that the repository was made of. */
  changed(repository: string): Promise<readonly Edit[]>;
}

/** Looks at the folders anew, and brings everything that differs into the job and into the actions that it uses. */
export async function bringEdits(session: Session, edits: EditedFolders): Promise<readonly string[]> {
  const brought: string[] = [];
  for (const { folder, repository } of session.checkouts) {
    brought.push(...(await layOver(folder, repository, edits)));
  }
  for (const { folder, repository } of await actionFolders(session.directories.actions)) {
    brought.push(...(await layOver(folder, repository, edits)));
  }
  return [...new Set(brought)];
}

/** Lays the edits of a repository over a folder with its files. Returns the paths that really changed. */
export async function layOver(
  folder: string,
  repository: string,
  edits: EditedFolders,
): Promise<readonly string[]> {
  const source = edits.folderOf(repository);
  if (source === null) return [];
  const changed: string[] = [];
  for (const { path, deleted } of await edits.changed(repository)) {
    const [from, to] = [join(source, path), join(folder, path)];
    const wanted = deleted ? null : await contentOf(from);
    if (wanted === (await contentOf(to))) continue;
    await rm(to, { recursive: true, force: true });
    if (wanted !== null) {
      await mkdir(dirname(to), { recursive: true });
      await cp(from, to, { verbatimSymlinks: true });
    }
    changed.push(path);
  }
  return changed;
}

/** A file as it is edited; null where it is as the repository has it. */
export async function editedText(
  edits: EditedFolders,
  { repository, path }: { readonly repository: string; readonly path: string },
): Promise<string | null> {
  const folder = edits.folderOf(repository);
  if (folder === null) return null;
  const edit = (await edits.changed(repository)).find((each) => each.path === path);
  return edit === undefined || edit.deleted ? null : readFile(join(folder, path), 'utf8');
}

/** Mode and content of a file or link; null when there is none. */
async function contentOf(path: string): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return null;
  const content = found.isSymbolicLink()
    ? await readlink(path)
    : await readFile(path, 'base64').catch(() => '');
  return `${found.mode & 0o170111} ${content}`;
}

/** Actions as they were unpacked: `owner/name/commit`. */
async function actionFolders(
  root: string,
): Promise<readonly { readonly folder: string; readonly repository: string }[]> {
  const below = async (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
  const found: { folder: string; repository: string }[] = [];
  for (const owner of await below(root))
    for (const name of await below(join(root, owner)))
      for (const commit of await below(join(root, owner, name)))
        if (/^[0-9a-f]{40,64}$/u.test(commit))
          found.push({ folder: join(root, owner, name, commit), repository: `${owner}/${name}` });
  return found;
}
