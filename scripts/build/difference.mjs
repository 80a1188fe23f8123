// Where two folders differ, byte for byte.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from '../workspace/fingerprint.mjs';

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
    .filter((file) => !readFileSync(join(present, file)).equals(readFileSync(join(expected, file))))
    .map((file) => `${file} differs`);
  return [...missing, ...extra, ...changed];
}
