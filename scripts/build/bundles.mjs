// What is bundled: the packages with an action.yml, and the cli, each with everything its bytes depend on.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Bundle
 * @property {string} name the package's folder name
 * @property {string} entry compiled, relative to the package
 * @property {boolean} hasPost its post step is started from a file of its own, which loads the same bundle
 * @property {readonly string[]} inputs files and folders relative to the root, by which staleness is known
 * @property {readonly string[]} packages folder names of the package and of the workspace packages it contains
 */

const shared = ['pnpm-lock.yaml', 'patches', 'tsconfig.base.json', 'scripts/build', 'scripts/build.mjs'];

/**
 * @param {string} root
 * @returns {Bundle[]} sorted by name
 */
export function listBundles(root) {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .sort()
    .filter((name) => name === 'cli' || existsSync(join(packages, name, 'action.yml')))
    .filter((name) => existsSync(join(packages, name, 'src', 'index.ts')))
    .map((name) => describeBundle(root, name));
}

/** @param {string} root @param {string} name @returns {Bundle} */
function describeBundle(root, name) {
  const packages = [...collectPackages(root, name, new Set())].sort((a, b) => (a < b ? -1 : 1));
  const hasPost = existsSync(join(root, 'packages', name, 'src', 'post.ts'));
  const sources = packages.flatMap((item) =>
    ['src', 'package.json', 'tsconfig.json'].map((path) => `packages/${item}/${path}`),
  );
  return { name, entry: 'out/index.js', hasPost, packages, inputs: [...shared, ...sources] };
}

/** @param {string} root @param {string} name @param {Set<string>} found @returns {Set<string>} */
function collectPackages(root, name, found) {
  if (found.has(name)) return found;
  found.add(name);
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (dependency.startsWith('@headgate/'))
      collectPackages(root, dependency.slice('@headgate/'.length), found);
  }
  return found;
}
