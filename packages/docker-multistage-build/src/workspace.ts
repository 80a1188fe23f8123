// Paths given by people: confined to the workspace, and explained when they are not there.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { nearestName } from '@headgate/kit/nearest-name';
import { failure } from './failures.js';

export interface BuildPaths {
  /** Absolute, links resolved. */
  readonly context: string;
  readonly file: string;
  /** The Dockerfile as people know it: relative to the workspace. */
  readonly shownFile: string;
  readonly dockerfile: string;
}

export interface PathInputs {
  readonly context: string;
  /** Relative to the context, or to the workspace where the context has no such file; empty for `Dockerfile`. */
  readonly file: string;
}

/**
 * Finds the context and the Dockerfile and reads the latter.
 * @throws ActionError `path-outside-workspace`, `context-missing`, `dockerfile-missing`
 */
export async function findPaths(inputs: PathInputs, workspace: string): Promise<BuildPaths> {
  const root = await realpath(workspace);
  const context = await confined('context', resolve(root, inputs.context), root);
  if (context === null || !(await stat(context)).isDirectory()) {
    throw failure(
      'context-missing',
      `context: "${inputs.context}" is not a folder in the workspace.`,
      'Check out the repository first, or correct `context`.',
    );
  }
  const name = inputs.file === '' ? 'Dockerfile' : inputs.file;
  const file = (await regularFile(context, name, root)) ?? (await fileOfWorkspace(name, root));
  if (file === null) throw await dockerfileMissing(name, context);
  return { context, file, shownFile: relative(root, file), dockerfile: await readFile(file, 'utf8') };
}

/**
 * Makes folders among the additional build contexts absolute; other forms (`docker-image://`, `oci-layout://`, URLs) stay.
 * Absolute folders are allowed: certificates and package settings of the machine live outside the workspace.
 * @throws ActionError `context-missing`
 */
export async function resolveContexts(
  contexts: ReadonlyMap<string, string>,
  workspace: string,
): Promise<ReadonlyMap<string, string>> {
  const resolved = new Map<string, string>();
  for (const [name, value] of contexts) {
    if (/^[a-z][a-z0-9+.-]*:\/\//.test(value)) {
      resolved.set(name, value);
      continue;
    }
    const path = isAbsolute(value) ? value : join(workspace, value);
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() !== true) {
      throw failure(
        'context-missing',
        `build-contexts: ${name} points to "${value}", which is not a folder.`,
        'Correct the path, or write docker-image://NAME for an image.',
      );
    }
    resolved.set(name, path);
  }
  return resolved;
}

/** As docker/build-push-action reads `file`. */
async function fileOfWorkspace(name: string, root: string): Promise<string | null> {
  return inside(resolve(root, name), root) ? await regularFile(root, name, root) : null;
}

async function regularFile(folder: string, name: string, root: string): Promise<string | null> {
  const file = await confined('file', resolve(folder, name), root);
  return file !== null && (await stat(file)).isFile() ? file : null;
}

/** The real path, or null when nothing is there; links that lead out of the workspace are refused. */
async function confined(input: string, path: string, root: string): Promise<string | null> {
  const refuse = (): never => {
    throw failure(
      'path-outside-workspace',
      `${input}: "${path}" lies outside the workspace.`,
      `Give a path inside the checked-out repository in \`${input}\`.`,
    );
  };
  if (!inside(path, root)) refuse();
  const real = await realpath(path).catch(() => null);
  if (real !== null && !inside(real, root)) refuse();
  return real;
}

function inside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

async function dockerfileMissing(name: string, context: string): Promise<Error> {
  const folder = dirname(resolve(context, name));
  const names = await readdir(folder).catch((): string[] => []);
  const wanted = basename(name);
  const near =
    names.find((one) => one.toLowerCase() === wanted.toLowerCase()) ??
    nearestName(
      wanted,
      names.filter((one) => /docker|container/i.test(one)),
    );
  const hint =
    near === null
      ? 'Set `file` to the path of the Dockerfile, relative to `context`.'
      : `Set \`file: ${join(dirname(name), near)}\`.`;
  return failure('dockerfile-missing', `file: there is no "${name}" in the context.`, hint);
}
