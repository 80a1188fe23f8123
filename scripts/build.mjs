// Builds the committed bundles: `npm run build [--] [--check] [--force] [NAME…]`.
//   --check  changes nothing; fails unless every packages/*/dist is byte-identical to a fresh build
//   --force  builds even what has not changed
//   --committed  in a fresh checkout, takes the committed bundles as they are
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { listBundles } from './build/bundles.mjs';
import { compile } from './build/compile.mjs';
import { compareFolders } from './build/difference.mjs';
import { buildBundle } from './build/ncc.mjs';
import { shareChunks, sharingProblems } from './build/sharing.mjs';
import { digestInputs, digestOutput, isAsCommitted, keepRecord, knownOutput } from './build/staleness.mjs';
import { interruptedCode } from './workspace/child.mjs';
import { withLock } from './workspace/lock.mjs';
import { forEachParallel } from './workspace/parallel.mjs';
import { root as checkout, findNode24 } from './workspace/paths.mjs';

/** @typedef {import('./build/bundles.mjs').Bundle} Bundle */
/** @typedef {{ root: string, node24: string, check: boolean, force: boolean, committed: boolean }} Plan */

/** @param {Plan} plan @param {Bundle} bundle @returns {Promise<string | null>} */
async function buildOne(plan, bundle) {
  const dist = join(plan.root, 'packages', bundle.name, 'dist');
  const started = Date.now();
  const inputs = digestInputs(plan.root, bundle);
  const job = { root: plan.root, node24: plan.node24, bundle, target: dist };
  const failure = await buildBundle(job);
  if (failure) return failure;
  keepRecord(plan.root, bundle.name, { inputs, output: digestOutput(dist) });
  console.log(`  ${bundle.name.padEnd(24)} built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return null;
}

/** @param {Plan} plan @param {Bundle} bundle @returns {Promise<string | null>} */
async function checkOne(plan, bundle) {
  const dist = join(plan.root, 'packages', bundle.name, 'dist');
  const temporary = mkdtempSync(join(tmpdir(), 'headgate-build-'));
  try {
    const inputs = digestInputs(plan.root, bundle);
    const target = join(temporary, 'dist');
    const failure = await buildBundle({ root: plan.root, node24: plan.node24, bundle, target });
    if (failure) return failure;
    const differences = compareFolders(dist, target);
    if (differences.length > 0) {
      return `packages/${bundle.name}/dist is not what its sources build: ${differences.join(', ')}`;
    }
    keepRecord(plan.root, bundle.name, { inputs, output: digestOutput(target) });
    console.log(`  ${bundle.name.padEnd(24)} identical`);
    return null;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** @param {Plan} plan @param {Bundle} bundle @returns {Promise<boolean>} */
async function needsBuild(plan, bundle) {
  if (plan.force) return true;
  if (plan.committed && (await isAsCommitted(plan.root, bundle))) return false;
  const known = knownOutput(plan.root, bundle);
  return known === null || known !== digestOutput(join(plan.root, 'packages', bundle.name, 'dist'));
}

/**
 * @param {Plan} plan
 * @param {readonly string[]} names empty: all
 * @returns {Promise<number>} exit code
 */
async function build(plan, names) {
  const bundles = listBundles(plan.root);
  const unknown = names.filter((name) => !bundles.some((bundle) => bundle.name === name));
  if (unknown.length > 0) {
    console.error(
      `No bundle named ${unknown.join(', ')}; there are ${bundles.map((item) => item.name).join(', ')}.`,
    );
    return 2;
  }
  const wanted = bundles.filter((bundle) => names.length === 0 || names.includes(bundle.name));
  /** @type {Bundle[]} */
  const stale = [];
  for (const bundle of wanted) {
    if (await needsBuild(plan, bundle)) stale.push(bundle);
    else console.log(`  ${bundle.name.padEnd(24)} unchanged`);
  }
  return (await buildStale(plan, stale)) + settleSharing(plan) > 0 ? 1 : 0;
}

/** Number of failures. @param {Plan} plan @param {readonly Bundle[]} stale @returns {Promise<number>} */
async function buildStale(plan, stale) {
  if (stale.length === 0) return 0;
  const failure = await compile(plan.root, stale);
  const work = plan.check ? checkOne : buildOne;
  const failures = failure
    ? [failure]
    : await forEachParallel(stale, Math.max(2, cpus().length), (bundle) => work(plan, bundle));
  const failed = failures.filter((item) => item !== null);
  for (const item of failed) console.error(item);
  if (failed.length > 0 && plan.check) console.error('To build them: npm run build');
  return failed.length;
}

/** Number of problems. @param {Plan} plan @returns {number} */
function settleSharing({ root, check }) {
  if (!check) shareChunks(root);
  const problems = sharingProblems(root);
  for (const item of problems) console.error(item);
  return problems.length;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean' },
    force: { type: 'boolean' },
    committed: { type: 'boolean' },
    root: { type: 'string' },
  },
});
const node24 = findNode24();
if (!node24) {
  console.error('Node 24 is missing. Run: npm run setup');
  process.exit(1);
}
const root = values.root ? resolve(values.root) : checkout;
const { check = false, force = false, committed = false } = values;
const work = () => build({ root, node24, check, force, committed }, positionals);
// Two that write at once would mix their files.
const code = check ? await work() : await withLock(join(root, '.cache', 'headgate', 'build.lock'), {}, work);
process.exit(interruptedCode() ?? code);
