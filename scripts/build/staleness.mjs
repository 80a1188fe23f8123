// Which bundles need building: the digest of inputs that made the present dist is kept in the cache.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../workspace/fingerprint.mjs';

/** @typedef {{ inputs: string, output: string }} BuildRecord digest of what went in, digest of what came out */

/** @param {string} root @param {string} name */
const recordFile = (root, name) => join(root, '.cache', 'headgate', 'build', `${name}.json`);

/** @param {string} root @param {import('./bundles.mjs').Bundle} bundle */
export const digestInputs = (root, bundle) => fingerprint(root, bundle.inputs);

/** @param {string} dist */
export const digestOutput = (dist) => fingerprint(dist, ['.']);

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
