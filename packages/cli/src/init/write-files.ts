// Files that are all written or none, and never over what is there unless that was said.
import { lstat, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError } from '../command-error.js';

export interface NewFile {
  /** With `/`, relative to the folder. */
  readonly path: string;
  readonly text: string;
}

/** Those of the files that are there already. @throws {CommandError} `files-not-written` where one cannot be written */
export async function existingFiles(
  directory: string,
  files: readonly Pick<NewFile, 'path'>[],
): Promise<readonly string[]> {
  const existing: string[] = [];
  for (const { path } of files) {
    const parts = path.split('/');
    for (const [index] of parts.entries()) {
      const here = parts.slice(0, index + 1).join('/');
      const kind = await kindOf(join(directory, here));
      const isFile = index === parts.length - 1;
      // What a link points at may lie anywhere.
      if (kind !== null && kind !== (isFile ? 'file' : 'folder'))
        throw notWritten(here, `it is ${articleOf(kind)}`);
      if (isFile && kind === 'file') existing.push(path);
    }
  }
  return existing;
}

function articleOf(kind: string): string {
  return kind === 'other' ? 'neither a file nor a folder' : `a ${kind}`;
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'link' | 'other' | null> {
  const status = await lstat(path).catch(() => null);
  if (status === null) return null;
  if (status.isSymbolicLink()) return 'link';
  return status.isFile() ? 'file' : status.isDirectory() ? 'folder' : 'other';
}

/**
 * Writes each beside its place first, then moves all into place; when one cannot be, all is as it was.
 * @throws {CommandError} `files-not-written`
 */
export async function writeAll(directory: string, files: readonly NewFile[]): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  let at = '';
  try {
    const moves: { readonly path: string; readonly from: string; readonly to: string }[] = [];
    for (const { path, text } of files) {
      at = path;
      const to = join(directory, path);
      const first = await mkdir(dirname(to), { recursive: true });
      if (first !== undefined) undo.push(() => removeEmpty(first));
      const from = `${to}.headgate-new`;
      undo.push(() => rm(from, { force: true }));
      await writeFile(from, text);
      moves.push({ path, from, to });
    }
    for (const { path, from, to } of moves) {
      at = path;
      const former = await readFile(to).catch(() => null);
      await rename(from, to);
      undo.push(() => (former === null ? rm(to) : writeFile(to, former)));
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw notWritten(at, error instanceof Error ? error.message : String(error));
  }
}

/** `.github` and the folder in it, as far as nothing lies there. */
async function removeEmpty(folder: string): Promise<void> {
  await rmdir(join(folder, 'workflows')).catch(() => undefined);
  await rmdir(folder).catch(() => undefined);
}

function notWritten(path: string, reason: string): CommandError {
  return new CommandError({
    code: 'files-not-written',
    message: `${path} cannot be written: ${reason}; nothing was changed`,
    hint: 'Make room for it, or print the files with --dry-run and write them yourself.',
  });
}
