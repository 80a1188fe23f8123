// What the engine and the runner add to a step and to a job, how long 200 jobs take, and in how much memory; against bare
// `bash -e` in the same rounds. Whole processes, one a figure and round. The verdict is by the lowest of the rounds: other
// work on the machine only adds, and the median beside it shows how much it did.
//   npm run bench:rehearsal [-- --rounds N]   exit 1 when a limit is missed
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { findNode24, root } from '../scripts/workspace/paths.mjs';

const limits = { stepMs: 50, jobMs: 150, wideSeconds: 20, memoryMb: 400 };
const counts = { steps: 100, chain: 40, wide: 200, bare: 200 };

/** @param {readonly number[]} values */
const lowest = (values) => Math.min(...values);

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) /
    2
  );
}

/** The sources as one program, as the `headgate` command has them. @param {string} folder */
async function bundle(folder) {
  const outfile = join(folder, 'play.mjs');
  await build({
    entryPoints: [join(root, 'bench', 'rehearsal', 'play.mjs')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Packages inside that are CommonJS ask for Node's modules by `require`.
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    plugins: [
      {
        name: 'sources',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^@headgate\// }, ({ path }) => {
            const [, name = '', ...rest] = path.split('/');
            return { path: join(root, 'packages', name, 'src', `${rest.join('/')}.ts`) };
          }),
      },
    ],
  });
  return outfile;
}

/** Resident memory of all descendants of a process now, in MB. @param {number} pid */
function descendantsMb(pid) {
  const parents = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = readFileSync(`/proc/${entry}/stat`, 'latin1');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(entry), { parent: Number(fields[1]), pages: Number(fields[21]) });
    } catch {
      // It ended meanwhile.
    }
  }
  const family = new Set([pid]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const [id, { parent }] of parents) if (family.has(parent)) family.add(id);
  }
  family.delete(pid);
  return [...family].reduce((sum, id) => sum + (parents.get(id)?.pages ?? 0), 0) / 256;
}

/**
 * One whole process.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {{ watch?: boolean }} [options] watch: sample the memory of what it starts
 */
async function play(node, args, { watch = false } = {}) {
  const began = performance.now();
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  let childrenMb = 0;
  const sample = () => {
    childrenMb = Math.max(childrenMb, descendantsMb(child.pid ?? 0));
  };
  const timer = watch ? setInterval(sample, 25) : null;
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (timer !== null) clearInterval(timer);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return { wholeMs: performance.now() - began, childrenMb, ...JSON.parse(text) };
}

/** Bare `bash -e FILE`, one after the other, and eight at once as the engine has them. */
const bare = `
const { spawn } = require('node:child_process');
const [, file, count, lanes] = process.argv;
let left = Number(count);
const one = () => new Promise((done) => spawn('bash', ['-e', file], { stdio: ['ignore', 'pipe', 'pipe'] }).once('close', done));
const lane = async () => { while (left-- > 0) await one(); };
const began = performance.now();
Promise.all(Array.from({ length: Number(lanes) }, lane)).then(() => console.log(JSON.stringify({ ms: performance.now() - began })));
`;

/** @param {string} node @param {string} program @param {string} folder */
async function round(node, program, folder) {
  const script = join(folder, 'true.sh');
  writeFileSync(script, 'true\n');
  const shape = async (
    /** @type {'steps' | 'chain' | 'wide'} */ name,
    count = counts[name],
    watch = false,
  ) => {
    const place = mkdtempSync(join(folder, `${name}-`));
    const result = await play(node, [program, place, name, String(count)], { watch });
    rmSync(place, { recursive: true, force: true });
    if (result.conclusion !== 'success') throw new Error(`${name} ended as ${result.conclusion}`);
    return result;
  };
  const spawned = await play(node, ['-e', bare, script, String(counts.bare), '1']);
  const together = await play(node, ['-e', bare, script, String(counts.bare), '8']);
  const single = await shape('steps', 1);
  const steps = await shape('steps');
  const chain = await shape('chain');
  const wide = await shape('wide');
  // Watched in a process of its own: looking through /proc takes time too.
  const watched = await shape('wide', counts.wide, true);
  return {
    bash: spawned.ms / counts.bare,
    step: (steps.ms - single.ms) / (counts.steps - 1),
    job: (chain.ms - single.ms) / (counts.chain - 1),
    wideSeconds: wide.wholeMs / 1000,
    wideRatio: wide.ms / together.ms,
    memoryMb: Math.max(wide.rssMb, watched.rssMb, steps.rssMb, chain.rssMb),
    childrenMb: watched.childrenMb,
  };
}

/** @param {readonly string[]} cells */
const line = ([figure = '', low = '', middle = '', limit = '', verdict = '']) =>
  console.log(`${figure.padEnd(54)} ${low.padStart(9)} ${middle.padStart(9)}  ${limit.padEnd(9)} ${verdict}`);

/**
 * @param {string} figure
 * @param {(choose: (values: readonly number[]) => number) => number} value by the lowest, then by the median of the rounds
 * @param {{ unit: string, digits?: number, limit?: number }} form
 */
function report(figure, value, { unit, digits = 1, limit }) {
  const [low, middle] = [value(lowest), value(median)];
  const show = (/** @type {number} */ number) => `${number.toFixed(digits)}${unit}`;
  const missed = limit !== undefined && low > limit;
  if (missed) process.exitCode = 1;
  const verdict = limit === undefined ? '' : missed ? 'MISSED' : 'held';
  line([figure, show(low), show(middle), limit === undefined ? '' : `≤ ${limit}${unit}`, verdict]);
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const node = findNode24();
if (node === null || !(rounds >= 1)) {
  console.error(node === null ? 'Node 24 is missing. Run: npm run setup' : '--rounds takes a number from 1');
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
try {
  const program = await bundle(folder);
  /** @type {Awaited<ReturnType<typeof round>>[]} */
  const results = [];
  for (let index = 0; index < rounds; index += 1) results.push(await round(node, program, folder));
  /** @param {keyof typeof results[0]} name @returns {(choose: (values: readonly number[]) => number) => number} */
  const of = (name) => (choose) => choose(results.map((result) => result[name]));
  // A difference of the chosen values, not the luckiest of the differences.
  const between = (
    /** @type {keyof typeof results[0]} */ more,
    /** @type {keyof typeof results[0]} */ less,
  ) => /** @type {ReturnType<typeof of>} */ ((choose) => of(more)(choose) - of(less)(choose));
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `engine and runner, ${rounds} rounds on ${cpus().length} CPUs, load ${load}; the verdict is by the lowest\n`,
  );
  line(['figure', 'lowest', 'median', 'limit']);
  report('bash -e alone', of('bash'), { unit: ' ms' });
  report('a step of `run: true`', of('step'), { unit: ' ms' });
  report('  of that, engine and runner', between('step', 'bash'), { unit: ' ms', limit: limits.stepMs });
  report('a job, besides its step', between('job', 'step'), { unit: ' ms', limit: limits.jobMs });
  report(`${counts.wide} jobs of \`run: true\`, the whole process`, of('wideSeconds'), {
    unit: ' s',
    limit: limits.wideSeconds,
  });
  report(`  against ${counts.bare} × bash -e, as many at once`, of('wideRatio'), { unit: ' ×' });
  report('memory of the process at its peak', of('memoryMb'), {
    unit: ' MB',
    digits: 0,
    limit: limits.memoryMb,
  });
  report('  of all that it started, together, besides', of('childrenMb'), { unit: ' MB', digits: 0 });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
