// One version for the repository: every package.json of the workspace says the same.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReleaseProblem } from './problem.mjs';

/** @param {string} root @returns {string[]} paths from the root, the root's own first */
export function listManifests(root) {
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'package.json'));
  return ['package.json', ...packages.filter((path) => existsSync(join(root, path))).sort()];
}

/** @param {string} root @param {string} path @returns {string} */
function versionOf(root, path) {
  const { version } = JSON.parse(readFileSync(join(root, path), 'utf8'));
  return typeof version === 'string' ? version : '';
}

/** @param {string} root @param {string} version @throws {ReleaseProblem} naming the files that say another one */
export function checkManifests(root, version) {
  const others = listManifests(root).filter((path) => versionOf(root, path) !== version);
  if (others.length === 0) return;
  const shown = others.map((path) => `${path} (${versionOf(root, path)})`).join(', ');
  throw new ReleaseProblem(
    `every package.json was expected to say ${version}; others say so not: ${shown}`,
    `On the release branch: npm run release -- prepare --version ${version}, then commit.`,
  );
}

/** The text stays as it is formatted. @param {string} root @param {string} version @returns {string[]} changed paths */
export function setManifests(root, version) {
  const stale = listManifests(root).filter((path) => versionOf(root, path) !== version);
  for (const path of stale) {
    const file = join(root, path);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/("version":\s*)"[^"]*"/, `$1"${version}"`));
  }
  return stale;
}
