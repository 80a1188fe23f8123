// How long a Dockerfile takes to be read: more than 94,000 characters, most of them in heredocs, once in a fresh process; then
// `headgate stages` against `docker buildx build --call=targets` on the same file, whole processes, on Node 24.
//   npm run bench:docker-stages [-- --rounds N]   HEADGATE_BUILDX: buildx 0.29 or newer; exit 1 above the limit
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findNode24, root } from '../scripts/workspace/paths.mjs';

const limit = 50;
const compiled = join(root, 'packages', 'dockerfile', 'out');
const bundle = join(root, 'packages', 'cli', 'dist', 'index.js');

/** A file like the largest public ones: whole scripts in a scratch stage, then two stages that use them. */
function largeDockerfile() {
  const lines = ['ARG BASE=python:3.13-slim', 'FROM scratch AS scripts'];
  for (let script = 0; script < 20; script += 1) {
    lines.push(`COPY <<"EOF" /install_${script}.sh`, '#!/usr/bin/env bash', 'FROM debian AS not_a_stage');
    for (let step = 0; step < 62; step += 1)
      lines.push(`function step_${step}() { echo "\${1:-$HOME} it's step ${step}" <<< "x" ; } # RUN no \\`);
    lines.push('EOF');
  }
  lines.push('FROM $BASE AS build', 'COPY --from=scripts / /scripts/', 'RUN bash /scripts/install_0.sh');
  lines.push('FROM $BASE AS main', 'COPY --from=build /opt /opt', '');
  return lines.join('\n');
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * The first time in a fresh process, as people meet it: nothing is compiled yet.
 * @param {string} node
 * @param {string} file
 */
function timeFirstRead(node, file) {
  const script = `
    import { readFileSync } from 'node:fs';
    import { parseDockerfile } from ${JSON.stringify(join(compiled, 'dockerfile.js'))};
    import { stageGraph } from ${JSON.stringify(join(compiled, 'stage-graph.js'))};
    const text = readFileSync(${JSON.stringify(file)}, 'utf8');
    const start = performance.now();
    const used = process.cpuUsage();
    const graph = stageGraph(parseDockerfile(text));
    const { user, system } = process.cpuUsage(used);
    console.log(performance.now() - start, (user + system) / 1000, graph.stages.length);`;
  const { stdout, stderr } = spawnSync(node, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const [passed = '', busy = '', stages] = stdout.trim().split(' ');
  if (stages !== '3') throw new Error(`three stages were expected: ${stdout}${stderr}`);
  return { passed: Number(passed), busy: Number(busy) };
}

/**
 * One whole process, in milliseconds; null when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 */
function timeProcess(program, args) {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(program, args, { stdio: 'ignore' });
  return status === 0 ? Number(process.hrtime.bigint() - start) / 1e6 : null;
}

/**
 * @param {string} node
 * @param {{ folder: string, rounds: number }} options
 */
function compare(node, { folder, rounds }) {
  const buildx = process.env.HEADGATE_BUILDX ?? '';
  if (!existsSync(bundle)) return 'not compared: the command is not built (npm run build)';
  if (buildx === '') return 'not compared: HEADGATE_BUILDX does not name buildx 0.29 or newer';
  const pairs = [];
  for (let round = 0; round < rounds; round += 1) {
    const own = timeProcess(node, [bundle, 'stages', join(folder, 'Dockerfile')]);
    const theirs = timeProcess(buildx, ['build', '--call=targets', folder]);
    if (own === null) throw new Error('headgate stages failed');
    if (theirs === null) return `not compared: ${buildx} build --call=targets failed; is an engine there?`;
    pairs.push({ own, theirs });
  }
  const own = median(pairs.map((pair) => pair.own));
  const theirs = median(pairs.map((pair) => pair.theirs));
  const ratio = median(pairs.map((pair) => pair.own / pair.theirs));
  return `headgate stages ${own.toFixed(0)} ms, buildx --call=targets ${theirs.toFixed(0)} ms, ratio ${ratio.toFixed(2)}`;
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const node = findNode24();
if (node === null || !existsSync(join(compiled, 'stage-graph.js'))) {
  console.error(
    node === null ? 'Node 24 is missing. Run: npm run setup' : 'Nothing is compiled. Run: npm run compile',
  );
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
try {
  const rounds = Number(values.rounds);
  const text = largeDockerfile();
  const file = join(folder, 'Dockerfile');
  writeFileSync(file, text);
  const times = Array.from({ length: rounds }, () => timeFirstRead(node, file));
  // A busy machine makes the clock run on, the processor's time hardly: the better of the two is judged.
  const passed = median(times.map((time) => time.passed));
  const busy = median(times.map((time) => time.busy));
  const ms = Math.min(passed, busy);
  if (ms > limit) process.exitCode = 1;
  console.log(`${text.length} characters, first read of a process; median of ${rounds}`);
  const verdict = ms > limit ? 'too slow' : 'good';
  console.log(
    `graph ${passed.toFixed(1)} ms, ${busy.toFixed(1)} ms of the processor   limit ${limit}   ${verdict}`,
  );
  console.log(compare(node, { folder, rounds }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
