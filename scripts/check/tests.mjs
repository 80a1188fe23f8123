// The tests: jest on Node 24, its output as it comes, its result from its own file.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { makeTemporary } from './temporary.mjs';

/** @typedef {import('./counts.mjs').RunnerResult} RunnerResult */

/**
 * @param {{ root: string, cache: string, node24: string, env: Record<string, string | undefined>, slow: boolean, args: readonly string[] }} options
 * @returns {Promise<{ ok: boolean, result: RunnerResult | null, lines: string[] }>} result null: the runner wrote none
 */
export async function runTests(options) {
  const file = join(options.cache, `tests-${process.pid}.json`);
  mkdirSync(options.cache, { recursive: true });
  /** @type {string[]} */
  const lines = [];
  const onLine = (/** @type {string} */ line) => {
    lines.push(line);
    console.log(line);
  };
  const jest = join(options.root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest];
  const args = [...flags, '--json', `--outputFile=${file}`, ...options.args];
  // Whatever a test, or a program that it kills, leaves in its temporary folder goes with this one.
  const temporary = makeTemporary();
  const env = { ...options.env, TMPDIR: temporary, ...(options.slow ? { HEADGATE_SLOW: '1' } : {}) };
  try {
    const run = await runChild(options.node24, args, { cwd: options.root, env, onLine });
    const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    return { ok: run.code === 0, result, lines };
  } finally {
    rmSync(file, { force: true });
    rmSync(temporary, { recursive: true, force: true });
  }
}
