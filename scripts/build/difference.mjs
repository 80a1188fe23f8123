// Where two bundles differ, byte for byte, wherever their chunks are kept.
import { join } from 'node:path';
import { listFiles } from '../workspace/fingerprint.mjs';
import { readBuilt } from './sharing.mjs';

/**
 * @param {string} present the folder as it is
 * @param {string} expected the folder as it should be
 * @returns {string[]} one phrase per file that differs, none when the folders are equal
 */
export function compareFolders(present, expected) {
  const there = new Set(listFiles(present));
  const wanted = new Set(listFiles(expected));
  const missing = [...wanted].filter((file) => !there.has(file)).map((file) => `${file} is missing`);
  const extra = [...there].filter((file) => !wanted.has(file)).map((file) => `${file} is left over`);
  const changed = [...wanted]
    .filter((file) => there.has(file))
    .filter((file) => !readBuilt(join(present, file)).equals(readBuilt(join(expected, file))))
    .map((file) => `${file} differs`);
  return [...missing, ...extra, ...changed];
}
