// The files of a repository as they would be committed: names from git, or from the folder where there is no git.
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGitCommand } from '@headgate/kit/git-command';
import type { RunCommand } from '@headgate/kit/process';

export interface RepositoryFiles {
  /** Paths of files with `/`, relative to the folder, sorted. */
  readonly paths: readonly string[];
  /** A file's text; null for links, for what is not there, too large or no text. */
  read(path: string): Promise<string | null>;
}

/** More than any application has; the rest is not looked at. */
const maxPaths = 50_000;
const maxDepth = 8;
const maxBytes = 256 * 1024;
/** Where dependencies and results lie: nothing in them is the repository's own. */
const foreign = new Set([
  '.git',
  '.terraform',
  '.cache',
  'node_modules',
  'vendor',
  'dist',
  'target',
  '.venv',
]);

export async function listRepositoryFiles(directory: string, run: RunCommand): Promise<RepositoryFiles> {
  const known = (await fromGit(directory, run)) ?? (await fromFolder(directory, '', maxDepth));
  const own = known.filter((path) => !path.split('/').some((part) => foreign.has(part)));
  return {
    paths: own.slice(0, maxPaths).sort((a, b) => (a < b ? -1 : 1)),
    read: (path) => readText(join(directory, path)),
  };
}

/** What git tracks, and what it would track; null where the folder is in no repository. */
async function fromGit(directory: string, run: RunCommand): Promise<readonly string[] | null> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = await createGitCommand(run, directory)(args).catch(() => null);
  if (listed === null || listed.code !== 0) return null;
  return [...new Set(listed.stdout.split('\0'))].filter((path) => path !== '');
}

async function fromFolder(root: string, folder: string, depth: number): Promise<readonly string[]> {
  if (depth === 0) return [];
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) found.push(path);
    if (entry.isDirectory() && !foreign.has(entry.name) && found.length < maxPaths) {
      found.push(...(await fromFolder(root, path, depth - 1)));
    }
  }
  return found;
}

/** A link may lead out of the repository, so none is followed. */
async function readText(file: string): Promise<string | null> {
  try {
    const { size, ...status } = await lstat(file).then((found) => ({
      size: found.size,
      isFile: found.isFile(),
    }));
    if (!status.isFile || size > maxBytes) return null;
    const text = await readFile(file, 'utf8');
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
