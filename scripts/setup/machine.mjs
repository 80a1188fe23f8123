// What this machine offers to set-up: rights, package managers, and what is on its PATH.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runChild } from '../workspace/child.mjs';

/** Folders with servers and system tools that the PATH of an ordinary user often lacks. */
const systemFolders = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** @typedef {'root' | 'apt' | 'npm' | 'pip' | 'go'} Means what getting a tool needs */

/** @type {Record<Means, { present: () => boolean, cure: string }>} */
export const means = {
  root: {
    present: () => process.getuid?.() === 0,
    cure: 'be root, for this and every later run (for instance `sudo -E env PATH="$PATH" npm start`)',
  },
  apt: {
    present: () => ['apt-get', 'dpkg-deb', 'bash'].every((name) => searchPath(name) !== null),
    cure: 'be on Debian or Ubuntu, with apt-get, dpkg-deb and bash',
  },
  npm: { present: () => searchPath('npm') !== null, cure: 'have npm on PATH (it comes with Node)' },
  go: { present: () => searchPath('go') !== null, cure: 'have Go on PATH' },
  pip: { present: () => searchPath('python3') !== null, cure: 'have python3 with pip on PATH' },
};

/**
 * The file that a command name stands for.
 * @param {string} name
 * @param {string} [path] default: PATH and the system's own folders
 * @returns {string | null}
 */
export function searchPath(name, path = process.env.PATH ?? '') {
  for (const folder of [...path.split(delimiter), ...systemFolders]) {
    const file = join(folder, name);
    if (folder && isProgram(file)) return file;
  }
  return null;
}

/** A folder of PATH may be closed to this user, which shows only when a file of it is asked for. @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** With HEADGATE_TOOLS=cache only what set-up unpacked itself is used: it shows that those paths work. */
export const usesMachineTools = () => process.env.HEADGATE_TOOLS !== 'cache';

/** Terraform and Packer ask their maker for news when told to say their version; not here. */
export const askingVariables = () => ({ ...process.env, CHECKPOINT_DISABLE: '1' });

/**
 * A command of this machine that answers, with what it prints about itself.
 * @param {string} name
 * @param {readonly string[]} args such as `--version`
 * @returns {Promise<{ file: string, output: string } | null>}
 */
export async function askCommand(name, args) {
  const file = searchPath(name);
  if (file === null) return null;
  const result = await runChild(file, args, { deadlineMs: 10_000, env: askingVariables() });
  return result.code === 0 ? { file, output: result.output } : null;
}
