// Runs checks side by side where one does not need another; each is reported when it ends, with its time.
import { runChild } from '../workspace/child.mjs';

/** @typedef {import('./checks.mjs').Check} Check */
/** @typedef {{ name: string, ok: boolean, output: string, ms: number }} CheckResult */

/**
 * @param {readonly Check[]} checks every name in `after` is among them, earlier
 * @param {{ cwd: string, env: Record<string, string | undefined>, workers: number, report: (result: CheckResult) => void }} options
 * @returns {Promise<CheckResult[]>}
 */
export async function runChecks(checks, options) {
  const slots = createSlots(options.workers);
  /** @type {Map<string, Promise<CheckResult>>} */
  const running = new Map();
  for (const check of checks) {
    const before = Promise.all(check.after.map((name) => running.get(name)));
    const run = before.then(async () => {
      const release = await slots.take();
      const result = await runCheck(check, options).finally(release);
      options.report(result);
      return result;
    });
    running.set(check.name, run);
  }
  return Promise.all(running.values());
}

/**
 * @param {Check} check
 * @param {{ cwd: string, env: Record<string, string | undefined> }} options
 * @returns {Promise<CheckResult>}
 */
async function runCheck(check, options) {
  const started = Date.now();
  let output = '';
  for (const { command, args } of check.steps) {
    const result = await runChild(command, args, { cwd: options.cwd, env: options.env, deadlineMs: 600_000 });
    output += result.output;
    if (result.code !== 0) return { name: check.name, ok: false, output, ms: Date.now() - started };
  }
  return { name: check.name, ok: true, output, ms: Date.now() - started };
}

/** So many at once, the others in the order in which they asked. @param {number} count */
function createSlots(count) {
  let free = count;
  /** @type {(() => void)[]} */
  const waiting = [];
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    /** @returns {Promise<() => void>} */
    async take() {
      if (free > 0) free -= 1;
      else await new Promise((resolve) => waiting.push(() => resolve(undefined)));
      return release;
    },
  };
}
