// How long an action takes to start: each bundle stopping at its first missing input (at wrong settings where none is
// required), against `node -e 0`, on Node 24.
//   npm run bench:start-up [-- --rounds N] [-- PATH…]   PATH: other bundles' index.js; exit 1 above the limit
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findNode24, root } from '../scripts/workspace/paths.mjs';

const limit = 1.5;
const aim = 1.25;

/** Packages with an action.yml whose bundle was built. */
function listActions() {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .filter((name) => existsSync(join(packages, name, 'action.yml')))
    .map((name) => ({ name, main: join(packages, name, 'dist', 'index.js') }))
    .filter(({ main }) => existsSync(main));
}

/**
 * One whole process, in milliseconds.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function time(node, args, env) {
  const start = process.hrtime.bigint();
  const { status, stdout } = spawnSync(node, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { ms: Number(process.hrtime.bigint() - start) / 1e6, status, stdout };
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) /
    2
  );
}

/**
 * What makes the bundle stop at an input: nothing given, or settings that are no JSON.
 * @param {string} node
 * @param {string} main
 * @param {NodeJS.ProcessEnv} env
 */
function stoppingEnvironment(node, main, env) {
  const candidates = [env, { ...env, INPUT_SETTINGS: '{' }];
  const found = candidates.find((candidate) => stops(time(node, [main], candidate)));
  if (found === undefined) throw new Error(`${main} was expected to stop at an input`);
  return { env: found, stop: found === env ? 'missing input' : 'wrong settings' };
}

/** @param {{ status: number | null, stdout: string }} result */
function stops({ status, stdout }) {
  return status === 1 && stdout.includes('invalid-input');
}

/**
 * Bare node and bundle in turn, so that both see the same machine; the ratio is the median over the pairs.
 * @param {string} node
 * @param {string} main
 * @param {{ rounds: number, env: NodeJS.ProcessEnv }} options
 */
function measure(node, main, { rounds, env }) {
  const stopping = stoppingEnvironment(node, main, env);
  const pairs = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = time(node, ['-e', '0'], stopping.env);
    const bundle = time(node, [main], stopping.env);
    if (!stops(bundle)) throw new Error(`${main} did not stop at its input:\n${bundle.stdout}`);
    pairs.push({ bare: bare.ms, bundle: bundle.ms });
  }
  return {
    stop: stopping.stop,
    bare: median(pairs.map((pair) => pair.bare)),
    bundle: median(pairs.map((pair) => pair.bundle)),
    ratio: median(pairs.map((pair) => pair.bundle / pair.bare)),
  };
}

/** The environment of a runner's step, with the files it writes to. @param {string} folder */
function runnerEnvironment(folder) {
  const files = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'].map((name) => {
    const file = join(folder, name.toLowerCase());
    writeFileSync(file, '');
    return [name, file];
  });
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    CI: 'true',
    RUNNER_TEMP: folder,
    GITHUB_REPOSITORY: 'acme/shop',
    ...Object.fromEntries(files),
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '31' } },
});
const node = findNode24();
if (node === null) {
  console.error('Node 24 is missing. Run: npm run setup');
  process.exit(1);
}
const given = positionals.map((path) => ({ name: path, main: resolve(path) }));
const actions = given.length > 0 ? given : listActions();
if (actions.length === 0) {
  console.error('There is no bundle to measure. Run: npm run build');
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
try {
  const options = { rounds: Number(values.rounds), env: runnerEnvironment(folder) };
  console.log(`bundle stopping at its first input, against bare node; median of ${options.rounds} pairs`);
  console.log(
    `${'action'.padEnd(26)} ${'node ms'.padStart(8)} ${'ms'.padStart(8)} ${'ratio'.padStart(6)}   limit ${limit}, aim ${aim}`,
  );
  for (const { name, main } of actions) {
    const { stop, bare, bundle, ratio } = measure(node, main, options);
    const verdict = ratio > limit ? 'too slow' : ratio > aim ? 'above the aim' : 'good';
    if (ratio > limit) process.exitCode = 1;
    console.log(
      `${name.padEnd(26)} ${bare.toFixed(1).padStart(8)} ${bundle.toFixed(1).padStart(8)} ${ratio.toFixed(2).padStart(6)}   ${verdict} (${stop})`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
