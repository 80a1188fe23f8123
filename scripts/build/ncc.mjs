// Step two of a bundle: one folder of plain JavaScript by ncc, its lazily loaded chunks minified by esbuild.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { transform } from 'esbuild';
import { runChild } from '../workspace/child.mjs';
import { listFiles } from '../workspace/fingerprint.mjs';

/**
 * @typedef {object} BundleJob
 * @property {string} root the checkout
 * @property {string} node24 the Node 24 binary that runs ncc
 * @property {import('./bundles.mjs').Bundle} bundle
 * @property {string} target the finished dist folder; replaced as a whole
 */

/**
 * Builds into a folder beside the target and renames it, so that an interrupted build leaves the former one.
 * @param {BundleJob} job
 * @returns {Promise<string | null>} what failed, null when nothing did
 */
export async function buildBundle(job) {
  mkdirSync(dirname(job.target), { recursive: true });
  const fresh = mkdtempSync(`${job.target}-new-`);
  try {
    for (const entry of job.bundle.entries) {
      const failure = await buildEntry(job, entry, join(fresh, entry.output.slice('dist'.length)));
      if (failure) return failure;
    }
    const former = `${fresh}-former`;
    renameIfPresent(job.target, former);
    renameSync(fresh, job.target);
    rmSync(former, { recursive: true, force: true });
    return null;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * @param {BundleJob} job
 * @param {{ source: string }} entry
 * @param {string} output
 */
async function buildEntry(job, entry, output) {
  const ncc = join(job.root, 'node_modules', '@vercel', 'ncc', 'dist', 'ncc', 'cli.js');
  const flags = ['-m', '--no-cache', '--quiet', '--target', 'es2022', '--license', 'licenses.txt'];
  const result = await runChild(job.node24, [ncc, 'build', entry.source, '-o', output, ...flags], {
    cwd: join(job.root, 'packages', job.bundle.name),
  });
  if (result.code !== 0) return `ncc failed on ${job.bundle.name}/${entry.source}:\n${result.output.trim()}`;
  for (const file of listFiles(output)) await finishFile(join(output, file));
  writeFileSync(join(output, 'package.json'), '{"type":"module"}\n');
  return null;
}

/**
 * Minifies a lazily loaded chunk (ncc minifies only the entry), and gives every text one form of line end,
 * because git would give it that form anyway and the copy would no longer match.
 * @param {string} file
 */
async function finishFile(file) {
  if (!/\.(m?js|cjs|json|txt)$/.test(file)) return;
  const text = readFileSync(file, 'utf8');
  const chunk = /\.m?js$/.test(file) && !['index.js', 'index.mjs'].includes(basename(file));
  const options = /** @type {const} */ ({
    minify: true,
    target: 'es2022',
    format: 'esm',
    legalComments: 'none',
  });
  const finished = chunk ? (await transform(text, options)).code : text;
  writeFileSync(file, finished.replaceAll('\r\n', '\n'));
}

/** @param {string} from @param {string} to */
function renameIfPresent(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
}
