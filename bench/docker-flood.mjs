// What a build that prints 200 MB costs: memory and time of the action's own code, for each way to print it.
// Memory is what the process takes for itself (RssAnon), looked at every 10 ms: the pages of Node's own file, 40 MiB and
// more of the resident size, belong to the machine. The peak of the resident size stands beside it.
//   npm run bench:docker-flood [-- --mb N]   needs out/ (npm run build); exit 1 above the limit
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findNode24, root } from '../scripts/workspace/paths.mjs';

/** MiB that the process may take. */
const limit = 100;

/** The fake docker: prints in one of four ways until it has printed enough. */
const docker = `
import { writeSync } from 'node:fs';
const [kind, bytes] = [process.env.FLOOD_KIND, Number(process.env.FLOOD_BYTES)];
const text = 'a line of a build that says a lot, and says it again and again, without an end in sight\\n';
const step = { digest: 'd', name: '[a 1/1] RUN flood', started: '2026-01-01T00:00:00Z' };
const log = { vertex: 'd', stream: 1, data: Buffer.from(text.repeat(300)).toString('base64') };
const pieces = {
  'plain lines on stderr': text.repeat(700),
  'plain lines on stdout': text.repeat(700),
  'output of a step': JSON.stringify({ logs: [log] }) + '\\n',
  'output of a step, indented': JSON.stringify({ logs: [log] }, null, 2) + '\\n',
  'one line without end': 'x'.repeat(65536),
  'one document without end': '{\\n' + '  "x": 1,\\n'.repeat(6000),
};
writeSync(2, JSON.stringify({ vertexes: [step] }) + '\\n');
const descriptor = kind.endsWith('stdout') ? 1 : 2;
for (let sent = 0; sent < bytes; sent += pieces[kind].length) writeSync(descriptor, pieces[kind]);
process.exit(3);
`;

/** Runs one build as the action does and prints what the process held at most, in KiB. */
const program = (/** @type {string} */ folder) => `
import { runBuild } from ${JSON.stringify(pathToFileURL(join(root, 'packages/docker-multistage-build/out/build.js')).href)};
import { noOptions } from ${JSON.stringify(pathToFileURL(join(root, 'packages/docker-multistage-build/out/build-options.js')).href)};
import { createRedactor } from ${JSON.stringify(pathToFileURL(join(root, 'packages/kit/out/secrets.js')).href)};
import { startCommand } from ${JSON.stringify(pathToFileURL(join(root, 'packages/kit/out/process.js')).href)};
import { systemClock } from ${JSON.stringify(pathToFileURL(join(root, 'packages/kit/out/clock.js')).href)};
import { writeSync } from 'node:fs';
const core = { info: (line) => void writeSync(1, line + '\\n'), startGroup() {}, endGroup() {} };
const env = { PATH: process.env.PATH, FLOOD_KIND: process.env.FLOOD_KIND, FLOOD_BYTES: process.env.FLOOD_BYTES };
const start = (command, signal) => startCommand({ ...command, env: { ...command.env, ...env } }, signal);
const deps = { core, start, clock: systemClock, random: Math.random, signal: new AbortController().signal, temporary: ${JSON.stringify(folder)} };
const source = { context: ${JSON.stringify(folder)}, file: 'Dockerfile', buildArgs: new Map(), buildContexts: new Map(), network: '', platforms: [], labels: new Map(), secretFiles: [], options: noOptions };
const outcome = await runBuild({ source, goal: { kind: 'gate', target: 'a' }, commitTime: null, deadlineMs: 600000, title: 'flood', redactor: createRedactor(['a secret that is not there']), onRetry() {} }, deps);
process.stderr.write(JSON.stringify({ kind: outcome.kind, maxRss: process.resourceUsage().maxRSS }));
`;

/**
 * @param {string} node
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ seconds: number, shown: number, report: string, taken: number }>} `taken` in MiB
 */
function run(node, args, env) {
  const began = performance.now();
  const child = spawn(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let shown = 0;
  let report = '';
  let taken = 0;
  const timer = setInterval(() => {
    taken = Math.max(taken, ownMemory(child.pid ?? 0));
  }, 10);
  child.stdout.on('data', (chunk) => {
    shown += chunk.length;
  });
  child.stderr.on('data', (chunk) => {
    report += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      clearInterval(timer);
      resolve({ seconds: (performance.now() - began) / 1000, shown, report, taken });
    });
  });
}

/** MiB; 0 when the process has ended. @param {number} pid */
function ownMemory(pid) {
  try {
    const found = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(found?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const { values } = parseArgs({ options: { mb: { type: 'string', default: '200' } } });
const node = findNode24();
if (node === null) {
  console.error('Node 24 is missing. Run: npm run setup');
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'headgate-flood-'));
const kinds = [
  'plain lines on stderr',
  'plain lines on stdout',
  'output of a step',
  'output of a step, indented',
  'one line without end',
  'one document without end',
];
try {
  writeFileSync(join(folder, 'flood.mjs'), docker);
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\nexec ${node} ${join(folder, 'flood.mjs')}\n`);
  chmodSync(join(folder, 'docker'), 0o755);
  writeFileSync(join(folder, 'program.mjs'), program(folder));
  const megabytes = Number(values.mb);
  console.log(`a build that prints ${megabytes} MB; memory that the process takes, limit ${limit} MiB`);
  for (const kind of kinds) {
    const env = {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      FLOOD_KIND: kind,
      FLOOD_BYTES: String(megabytes * 1_000_000),
    };
    const { seconds, shown, report, taken } = await run(node, [join(folder, 'program.mjs')], env);
    const { kind: outcome, maxRss } = /** @type {{ kind: string, maxRss: number }} */ (JSON.parse(report));
    const good = outcome === 'failed' && taken > 0 && taken <= limit;
    if (!good) process.exitCode = 1;
    console.log(
      `${kind.padEnd(28)} ${taken.toFixed(0).padStart(5)} MiB (resident ${(maxRss / 1024).toFixed(0).padStart(3)}) ${seconds.toFixed(1).padStart(6)} s  ${(shown / 1e6).toFixed(0).padStart(4)} MB shown   ${good ? 'good' : `missed (${outcome})`}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
