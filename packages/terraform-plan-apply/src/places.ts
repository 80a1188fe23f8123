// Folders and files named by inputs: inside the job's workspace, links followed.
import { realpathSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { failure } from './failures.js';

/** The real path of `path`. @throws {ActionError} `directory-missing`, `path-outside-workspace` */
export function insideWorkspace(
  workspace: string,
  path: string,
  { input, kind }: { readonly input: string; readonly kind: 'folder' | 'file' },
): string {
  const real = realPath(resolve(workspace, path));
  if (real === null || (kind === 'folder') !== statSync(real).isDirectory()) {
    throw failure('directory-missing', {
      message: `${input}: a ${kind} was expected at ${JSON.stringify(path)}, none was found`,
      hint: `Set ${input} to a ${kind} of the checkout, and see that actions/checkout ran before.`,
    });
  }
  const from = relative(realpathSync(workspace), real);
  if (from !== '..' && !from.startsWith(`..${sep}`)) return real;
  throw failure('path-outside-workspace', {
    message: `${input}: a path inside the workspace was expected, ${JSON.stringify(path)} leads outside`,
    hint: `Set ${input} to a path inside the checkout.`,
  });
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
