// What a task costs and loses: 100,000 lines on both streams, its exit code, and how long after its end, by the engine's own
// clock, the step knows of it; on this machine and by ssh, on a real engine behind a real sshd.
//   npm run bench:task [-- --rounds N]   exit 1 when a line is lost or doubled, the exit code is another one, or the end
//   is known later than the limit
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { withReadyMachine } from '../scripts/setup/session.mjs';
import { root } from '../scripts/workspace/paths.mjs';
import { bundleSources } from './source-bundle.mjs';

const limitSeconds = 2;
const lines = 100_000;
const exitCode = 7;
const application = 'headgate-bench-task';
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });

const program = `
  const fs = require('node:fs');
  for (let at = 0; at < ${lines}; at += 1) fs.writeSync(at % 2 === 0 ? 1 : 2, 'line ' + at + '\\n');
  process.exitCode = ${exitCode};
`;

const programs = {
  action: join(root, 'packages/rolling-deploy/src/index.ts'),
  runner: join(root, 'packages/kit/src/testing/action.ts'),
  sshd: join(root, 'packages/rolling-deploy/test/sshd.ts'),
};

/** @typedef {{ lost: number, doubled: number, code: string, seen: number, seconds: number }} Round */

/** @param {string} stdout @returns {{ lost: number, doubled: number }} */
function count(stdout) {
  const numbers = [...stdout.matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
  const known = new Set(numbers).size;
  return { lost: lines - known, doubled: numbers.length - known };
}

/** @param {Round} round */
function isMissed({ lost, doubled, code, seen }) {
  return lost !== 0 || doubled !== 0 || code !== String(exitCode) || !(seen <= limitSeconds);
}

const missed = await withReadyMachine(async ({ childEnv }) => {
  Object.assign(process.env, childEnv);
  const folder = mkdtempSync(join(tmpdir(), 'headgate-task-'));
  mkdirSync(join(folder, 'workspace'));
  writeFileSync(join(folder, 'workspace', 'compose.yaml'), 'services: {web: {image: app}}\n');
  await bundleSources(folder, programs);
  const { startBundle } = await import(pathToFileURL(join(folder, 'runner.mjs')).href);
  const { startSshd, sshInputs } = await import(pathToFileURL(join(folder, 'sshd.mjs')).href);
  /** @param {string[]} args */
  const docker = (...args) => execFileSync('docker', args, { env: childEnv, encoding: 'utf8' }).trim();
  const image = docker('image', 'inspect', 'local/node:24-slim', '--format', '{{index .RepoDigests 0}}');
  const sshd = await startSshd();
  const engine = childEnv.DOCKER_HOST ?? '';
  const transports = { local: {}, ssh: sshInputs(sshd) };
  /** @type {string[]} */
  const wrong = [];
  try {
    for (const [transport, inputs] of Object.entries(transports)) {
      for (let number = 0; number < Number(values.rounds); number += 1) {
        const began = performance.now();
        const task = startBundle({
          main: join(folder, 'action.mjs'),
          workspace: join(folder, 'workspace'),
          inputs: {
            ...{ mode: 'run', environment: 'bench', target: 'host-1', application, service: 'web' },
            ...{ engine, image, ...inputs, task: JSON.stringify({ command: ['node', '-e', program] }) },
          },
        });
        const { stdout, outputs } = await task.finished;
        task.remove();
        const [, seen = 'NaN'] = /seen ([\d.]+) s after its end/.exec(stdout) ?? [];
        const seconds = (performance.now() - began) / 1000;
        const round = { ...count(stdout), code: outputs.get('exit-code') ?? '', seen: Number(seen), seconds };
        if (isMissed(round)) wrong.push(transport);
        process.stdout.write(
          `${isMissed(round) ? 'MISSED' : 'ok    '} ${transport.padEnd(6)} ${round.lost} lost, ${round.doubled} doubled, exit code ${round.code}, end known after ${seen} s, ${seconds.toFixed(1)} s in all\n`,
        );
      }
    }
  } finally {
    sshd.close();
    docker('network', 'rm', `${application}_default`);
    rmSync(folder, { recursive: true, force: true });
  }
  return wrong;
});
process.exit(missed.length === 0 ? 0 : 1);
