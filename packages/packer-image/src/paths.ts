// Paths given by people: inside the workspace, and there before packer starts.
import { realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { failure } from './failures.js';
import type { Inputs } from './inputs.js';

export interface Paths {
  /** Absolute, links resolved: packer's working directory. */
  readonly directory: string;
  /** Absolute; need not exist yet. */
  readonly manifest: string;
}

/** @throws {ActionError} `path-missing`, `path-outside-workspace`. */
export async function findPaths(inputs: Inputs, workspace: string): Promise<Paths> {
  const root = await realpath(workspace);
  const directory = await existing('directory', resolve(root, inputs.directory), root);
  if (!(await stat(directory)).isDirectory()) throw missing('directory', inputs.directory);
  await existing('template', resolve(directory, inputs.template), root);
  for (const file of inputs.varFiles) await existing('var-files', resolve(directory, file), root);
  const manifest = resolve(directory, inputs.manifest);
  const real = await realpath(manifest).catch(() => manifest);
  if (!inside(manifest, root) || !inside(real, root)) throw outside('manifest', inputs.manifest);
  return { directory, manifest };
}

async function existing(input: string, path: string, root: string): Promise<string> {
  if (!inside(path, root)) throw outside(input, path);
  const real = await realpath(path).catch(() => null);
  if (real === null) throw missing(input, path);
  if (!inside(real, root)) throw outside(input, path);
  return real;
}

function inside(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}${sep}`);
}

function missing(input: string, path: string): Error {
  return failure(
    'path-missing',
    `${input}: ${JSON.stringify(path)} is not in the workspace`,
    `Check out the repository first, or correct \`${input}\`.`,
  );
}

function outside(input: string, path: string): Error {
  return failure(
    'path-outside-workspace',
    `${input}: ${JSON.stringify(path)} lies outside the workspace`,
    `Give a path inside the checked-out repository in \`${input}\`.`,
  );
}
