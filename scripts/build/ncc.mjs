// Step two of a bundle: one folder of plain JavaScript by ncc, minified.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { listFiles } from '../workspace/fingerprint.mjs';
import { writeChunk } from './chunk-writer.mjs';
import { ruleLicenses } from './licenses.mjs';
import { markModules, minify, takeBuiltins } from './minify.mjs';

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
    const failure = await buildEntry(job, fresh);
    if (failure) return failure;
    if (job.bundle.hasPost) writePost(fresh);
    const former = `${fresh}-former`;
    renameIfPresent(job.target, former);
    renameSync(fresh, job.target);
    rmSync(former, { recursive: true, force: true });
    return null;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A runner names one file for each step; kit's post-step.ts reads what this one says. @param {string} output */
function writePost(output) {
  mkdirSync(join(output, 'post'));
  const text = 'globalThis.headgatePostStep=true;await import("../index.js");\n';
  writeFileSync(join(output, 'post', 'index.js'), text);
  writeFileSync(join(output, 'post', 'package.json'), '{"type":"module"}\n');
}

/** @param {BundleJob} job @param {string} output */
async function buildEntry(job, output) {
  const { entry } = job.bundle;
  const ncc = join(job.root, 'node_modules', '@vercel', 'ncc', 'dist', 'ncc', 'cli.js');
  const flags = ['--no-cache', '--quiet', '--target', 'es2022', '--license', 'licenses.txt'];
  const result = await runChild(job.node24, [ncc, 'build', entry, '-o', output, ...flags], {
    cwd: join(job.root, 'packages', job.bundle.name),
  });
  if (result.code !== 0) return `ncc failed on ${job.bundle.name}/${entry}:\n${result.output.trim()}`;
  for (const file of listFiles(output)) await finishFile(join(output, file));
  writeFileSync(join(output, 'package.json'), '{"type":"module"}\n');
  return null;
}

/**
 * Minifies (ncc would do that for the entry alone), and gives every text one form of line end, because git would give it
 * that form anyway and the copy would no longer match.
 * @param {string} file
 */
async function finishFile(file) {
  if (!/\.(m?js|cjs|json|txt)$/.test(file)) return;
  const text = readFileSync(file, 'utf8');
  const finished = /\.m?js$/.test(file) ? await finishCode(text) : text;
  const even = finished.replaceAll('\r\n', '\n');
  writeFileSync(file, basename(file) === 'licenses.txt' ? ruleLicenses(even) : even);
}

/** @param {string} text @returns {Promise<string>} */
async function finishCode(text) {
  const taken = takeBuiltins(text);
  return (await writeChunk(taken)) ?? (await minify(markModules(taken)));
}

/** @param {string} from @param {string} to */
function renameIfPresent(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
}
