// Files that are written from others: written, or with --check compared and reported.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {{ path: string, text: string }} GeneratedFile path relative to the root */

/**
 * @param {string} root
 * @param {readonly GeneratedFile[]} files
 * @param {boolean} check nothing is written
 * @returns {string[]} paths that are not (or, without check, were not) what they should be
 */
export function settleFiles(root, files, check) {
  const stale = files.filter(({ path, text }) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  for (const { path, text } of check ? [] : stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return stale.map(({ path }) => path);
}

/**
 * Tells what happened. @param {readonly string[]} stale @param {boolean} check @param {string} command that writes them
 * @returns {number} exit code
 */
export function reportFiles(stale, check, command) {
  for (const path of stale) {
    if (check) console.error(`${path} is not what its source says; to write it: ${command}`);
    else console.log(`${path} written`);
  }
  return check && stale.length > 0 ? 1 : 0;
}
