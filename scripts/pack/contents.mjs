// What the package `headgate` holds: the command, the callable workflows, and every action's contract and bundle, where
// they lie in the repository, because the command takes its surroundings for the repository `headgate/headgate`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeFolder } from '../build/sharing.mjs';
import { listFiles } from '../workspace/fingerprint.mjs';

/** @param {string} root @returns {string[]} folder names of the actions, sorted */
export const listActions = (root) =>
  readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'action.yml')))
    .sort();

/** @param {string} root @returns {string[]} names of the callable workflows; a leading dot marks the repository's own */
export const listWorkflows = (root) =>
  readdirSync(join(root, '.github', 'workflows'))
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort();

/** @param {string} root @param {string} folder @returns {string[]} paths from the root */
const below = (root, folder) => listFiles(join(root, folder)).map((path) => join(folder, path));

/** @param {string} root @returns {string[]} paths of what a runner needs to run the workflows and the actions */
export function runnerFiles(root) {
  const actions = listActions(root).flatMap((name) => [
    join('packages', name, 'action.yml'),
    ...below(root, join('packages', name, 'dist')),
  ]);
  const workflows = listWorkflows(root).map((name) => join('.github', 'workflows', name));
  return [...workflows, ...actions, ...below(root, storeFolder), 'LICENSE'];
}

/** @param {string} root @returns {string[]} paths of everything in the package besides its package.json and README.md */
export const packageFiles = (root) => [
  ...runnerFiles(root),
  ...below(root, join('packages', 'cli', 'dist')),
  'schemas/headgate.schema.json',
];

/** @param {string} root @returns {string} the package's own package.json */
export function packageManifest(root) {
  const read = (/** @type {string} */ path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const { version, license, description } = read('package.json');
  const { bin } = read('packages/cli/package.json');
  const manifest = {
    name: 'headgate',
    version,
    description,
    license,
    type: 'module',
    bin: { headgate: `packages/cli/${bin.headgate}` },
    engines: { node: '>=24' },
    repository: { type: 'git', url: 'git+https://github.com/headgate/headgate.git' },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
