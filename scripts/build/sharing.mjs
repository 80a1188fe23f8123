// Chunks that several bundles have alike are kept once, in packages/kit/dist: a runner downloads the whole repository for
// each action, and most of a bundle is the same few libraries. In their place stands a line that makes the chunk from what
// is there and the numbers its modules have in this bundle.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { listFiles } from '../workspace/fingerprint.mjs';
import { joinChunk, splitChunk } from './chunk.mjs';
import { expandLicenses, isLicenseList, listLicenses, mergeLicenses } from './licenses.mjs';

/** Where they are kept, each under its digest. */
export const storeFolder = join('packages', 'kit', 'dist');

const licenseFile = 'licenses.txt';
/** Below it a line in its place is hardly shorter. */
const smallest = 2_048;
const reference =
  /^import f from"((?:\.\.\/)+kit\/dist\/[0-9a-f]{16}\.js)";export const\{id,ids,modules\}=f\((\[[\d,]*\])\);\n$/;
const stored = /^export default(?:\s*)(.*);\n$/s;

/**
 * What was built, wherever it is kept; the file as it is when what it refers to is not there.
 * @param {string} file in a dist folder
 * @returns {Buffer}
 */
export function readBuilt(file) {
  const bytes = readFileSync(file);
  const found = bytes.length < smallest ? reference.exec(bytes.toString()) : null;
  const shared = found ? join(dirname(file), found[1] ?? '') : null;
  if (shared !== null) return existsSync(shared) ? joined(shared, found?.[2] ?? '[]') : bytes;
  if (basename(file) !== licenseFile || !isLicenseList(bytes.toString())) return bytes;
  const root = file.slice(0, file.lastIndexOf(`${sep}packages${sep}`));
  const store = join(root, storeFolder, licenseFile);
  const text = existsSync(store) ? expandLicenses(bytes.toString(), readFileSync(store, 'utf8')) : null;
  return text === null ? bytes : Buffer.from(text);
}

/** A stored chunk with the numbers of a bundle. @param {string} shared @param {string} numbers */
function joined(shared, numbers) {
  const maker = stored.exec(readFileSync(shared, 'utf8'))?.[1] ?? '';
  return Buffer.from(joinChunk({ maker, numbers: JSON.parse(numbers) }));
}

/** Every file of every bundle. @param {string} root @returns {string[]} paths from the root */
function listBuilt(root) {
  const folders = readdirSync(join(root, 'packages'))
    .map((name) => join('packages', name, 'dist'))
    .filter((folder) => folder !== storeFolder && !folder.startsWith(join('packages', 'cli')));
  return folders.sort().flatMap((folder) => listFiles(join(root, folder)).map((path) => join(folder, path)));
}

/**
 * How everything should lie. Depends on what was built alone, so bundles may be built one at a time.
 * @param {string} root
 * @returns {Map<string, Buffer>} path → bytes: the bundles' files and the shared ones
 */
function planSharing(root) {
  const files = listBuilt(root).map((path) => {
    const bytes = readBuilt(join(root, path));
    const chunk = /^\d+\.index\.js$/.test(basename(path)) ? splitChunk(bytes.toString()) : null;
    const digest = createHash('sha256')
      .update(chunk?.maker ?? bytes)
      .digest('hex')
      .slice(0, 16);
    return { path, bytes, chunk, digest };
  });
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (const { digest } of files) uses.set(digest, (uses.get(digest) ?? 0) + 1);
  /** @type {Map<string, Buffer>} */
  const plan = new Map();
  const licenses = files.filter(({ path }) => basename(path) === licenseFile);
  if (licenses.length > 0) {
    const texts = licenses.map(({ bytes }) => bytes.toString());
    plan.set(join(storeFolder, licenseFile), Buffer.from(mergeLicenses(texts)));
  }
  for (const { path, bytes, chunk, digest } of files) {
    if (licenses.some((each) => each.path === path)) {
      plan.set(path, Buffer.from(listLicenses(bytes.toString())));
    } else if (chunk === null || chunk.maker.length < smallest || (uses.get(digest) ?? 0) < 2) {
      plan.set(path, bytes);
    } else {
      const shared = join(storeFolder, `${digest}.js`);
      plan.set(shared, Buffer.from(`export default ${chunk.maker};\n`));
      plan.set(path, Buffer.from(stubOf(relative(dirname(path), shared), chunk.numbers)));
    }
  }
  // In the archive that a runner downloads no other one says how they are to be read.
  if (plan.size > files.length)
    plan.set(join(storeFolder, 'package.json'), Buffer.from('{"type":"module"}\n'));
  return plan;
}

/** @param {string} shared @param {readonly number[]} numbers */
function stubOf(shared, numbers) {
  return `import f from"${shared}";export const{id,ids,modules}=f(${JSON.stringify(numbers)});\n`;
}

/** @param {string} root @param {Map<string, Buffer>} plan @returns {{ stale: string[], extra: string[] }} paths */
function compare(root, plan) {
  const stale = [...plan].filter(([path, bytes]) => {
    const file = join(root, path);
    return !existsSync(file) || !readFileSync(file).equals(bytes);
  });
  const kept = listFiles(join(root, storeFolder)).map((path) => join(storeFolder, path));
  return { stale: stale.map(([path]) => path), extra: kept.filter((path) => !plan.has(path)) };
}

/** Files that do not lie as they should, none when all do. @param {string} root @returns {string[]} */
export function sharingProblems(root) {
  const { stale, extra } = compare(root, planSharing(root));
  return [
    ...stale.map((path) => `${path} is not shared as it should be`),
    ...extra.map((path) => `${path} is left over`),
  ];
}

/**
 * Shared files first and leftovers last, so that a bundle works at any moment.
 * @param {string} root
 */
export function shareChunks(root) {
  const plan = planSharing(root);
  const { stale, extra } = compare(root, plan);
  const isStored = (/** @type {string} */ path) => dirname(path) === storeFolder;
  for (const path of [...stale.filter(isStored), ...stale.filter((each) => !isStored(each))]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), plan.get(path) ?? '');
  }
  for (const path of extra) rmSync(join(root, path));
}
