// Digests of files and folders, by which a step knows that nothing it depends on has changed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Every file below a folder, sorted, as paths relative to it; an absent folder has none.
 * @param {string} folder
 * @returns {string[]}
 */
export function listFiles(folder) {
  const entries = readdirIfPresent(folder);
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return files.sort();
}

/** @param {string} folder */
function readdirIfPresent(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * SHA-256 over names and contents of files and folders; order and absence count.
 * @param {string} base folder that names are relative to
 * @param {readonly string[]} paths relative to base
 * @param {readonly string[]} [extra] further text, such as a tool's version
 */
export function fingerprint(base, paths, extra = []) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`text ${text.length} ${text}\n`);
  for (const path of paths) {
    const full = join(base, path);
    const found = statSync(full, { throwIfNoEntry: false });
    if (!found) hash.update(`absent ${path}\n`);
    else if (found.isDirectory())
      for (const file of listFiles(full)) addFile(hash, join(full, file), `${path}/${file}`);
    else addFile(hash, full, path);
  }
  return hash.digest('hex');
}

/** @param {import('node:crypto').Hash} hash @param {string} file @param {string} name */
function addFile(hash, file, name) {
  const bytes = readFileSync(file);
  hash.update(`file ${name} ${bytes.length}\n`);
  hash.update(bytes);
}
