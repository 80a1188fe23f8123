// Which bundles need building: the digest of inputs that made the present dist is kept in the cache.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { fingerprint, listFiles } from '../workspace/fingerprint.mjs';
import { readBuilt, storeFolder } from './sharing.mjs';

/** @typedef {{ inputs: string, output: string }} BuildRecord digest of what went in, digest of what came out */

/** @param {string} root @param {string} name */
const recordFile = (root, name) => join(root, '.cache', 'headgate', 'build', `${name}.json`);

/** @param {string} root @param {import('./bundles.mjs').Bundle} bundle */
export const digestInputs = (root, bundle) => fingerprint(root, bundle.inputs);

/** The same wherever its chunks are kept. @param {string} dist */
export function digestOutput(dist) {
  const hash = createHash('sha256');
  for (const path of listFiles(dist)) {
    const bytes = readBuilt(join(dist, path));
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * The digest that building these inputs gave before, null when they were never built here. Building is
 * deterministic, so it stands for building again.
 * @param {string} root
 * @param {import('./bundles.mjs').Bundle} bundle
 * @returns {string | null}
 */
export function knownOutput(root, bundle) {
  try {
    const record = /** @type {BuildRecord} */ (
      JSON.parse(readFileSync(recordFile(root, bundle.name), 'utf8'))
    );
    return record.inputs === digestInputs(root, bundle) ? record.output : null;
  } catch {
    return null;
  }
}

/** @param {string} root @param {string} name @param {BuildRecord} record */
export function keepRecord(root, name, record) {
  const file = recordFile(root, name);
  mkdirSync(join(root, '.cache', 'headgate', 'build'), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(record));
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * In a fresh checkout, which has built nothing yet, the committed bundle stands for its sources (CI proves that it
 * does) as long as neither has been touched.
 * @param {string} root
 * @param {import('./bundles.mjs').Bundle} bundle
 * @returns {Promise<boolean>}
 */
export async function isAsCommitted(root, bundle) {
  if (existsSync(recordFile(root, bundle.name))) return false;
  const dist = `packages/${bundle.name}/dist`;
  const git = (/** @type {string[]} */ ...args) => runChild('git', args, { cwd: root });
  const tracked = await git('ls-files', '--', dist);
  if (tracked.code !== 0 || tracked.output.trim() === '') return false;
  const changed = await git('status', '--porcelain', '--', dist, storeFolder, ...bundle.inputs);
  return changed.code === 0 && changed.output.trim() === '';
}
