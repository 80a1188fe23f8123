// Files of a folder that somebody else has filled: regular ones, never what a link leads to.
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { failure, type ImageFailureCode } from './failures.js';

/**
 * @param missing the code for a file that is not there
 * @throws ActionError `link-unsafe`, or `missing`
 */
export async function openRegularFile(
  directory: string,
  path: string,
  missing: ImageFailureCode,
): Promise<FileHandle> {
  const what = path.slice(directory.length + 1);
  const absent = (cause: unknown): Error => failure(missing, `${what} is missing.`, cause);
  const folders = await Promise.all([realpath(directory), realpath(dirname(path))]).catch((cause) => {
    throw absent(cause);
  });
  const [root, folder] = folders;
  if (!`${folder}${sep}`.startsWith(`${root}${sep}`)) {
    throw failure('link-unsafe', `The folder of ${what} is a link that leads out of the layout.`);
  }
  // A pipe without a writer would be waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ELOOP') throw failure('link-unsafe', `${what} is a link.`, cause);
    throw absent(cause);
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw failure(missing, `${what} is no file.`);
}
