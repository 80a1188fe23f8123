// Which .dockerignore decides what is sent to the builder, said before anything is.
import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ignoreFile } from '@headgate/dockerfile/ignore-file';
import type { BuildPaths } from './workspace.js';

/** One sentence for people. @param folder the context, relative to the workspace */
export async function ignoredFiles(
  folder: string,
  { context, file, shownFile }: BuildPaths,
): Promise<string> {
  const candidates = [
    [`${file}.dockerignore`, `${posix.normalize(shownFile)}.dockerignore`],
    [join(context, '.dockerignore'), posix.join(folder, '.dockerignore')],
  ] as const;
  const names = new Set<string>();
  for (const [path, name] of candidates) if (await isFile(path)) names.add(name);
  return ignoreFile({ context: 'folder', folder, dockerfile: shownFile, names }).reason;
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
