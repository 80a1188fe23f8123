// Everything that must hold: `npm test [-- arguments of jest]`. The last line is the runner's own count of tests.
// With CI=true or HEADGATE_SLOW=1 the slow half too: tests that need the real tools, and the sample's first delivery.
import { cpus } from 'node:os';
import { listChecks } from './check/checks.mjs';
import { countLine, explainSkipped } from './check/counts.mjs';
import { runChecks } from './check/run-checks.mjs';
import { runTests } from './check/tests.mjs';
import { childVariables } from './setup/environment.mjs';
import { SetupError } from './setup/get.mjs';
import { searchPath } from './setup/machine.mjs';
import { prepare } from './setup/prepare.mjs';
import { rehearseSample } from './setup/rehearsal.mjs';
import { withReadyMachine } from './setup/session.mjs';
import { interrupted, interruptedCode } from './workspace/child.mjs';
import { cache, root } from './workspace/paths.mjs';

const slow = process.env.HEADGATE_SLOW === '1' || process.env.CI === 'true';

/** @typedef {import('./setup/session.mjs').ReadyEnvironment} ReadyEnvironment */

/** @param {string} text */
const heading = (text) => console.log(`\n== ${text}`);

/** @param {ReadyEnvironment} environment @returns {Promise<boolean>} */
async function check(environment) {
  const place = { root, node: process.execPath, shellcheck: searchPath('shellcheck') };
  if (!place.shellcheck) console.log('  left out  shell scripts: shellcheck is not on PATH');
  const results = await runChecks(listChecks(place), {
    cwd: root,
    env: environment.childEnv,
    workers: Math.max(2, cpus().length),
    report: ({ name, ok, output, ms }) => {
      console.log(`  ${ok ? 'ok    ' : 'FAILED'}  ${name} (${(ms / 1000).toFixed(1)} s)`);
      if (!ok) console.log(output.trimEnd().replace(/^/gm, '          '));
    },
  });
  return results.every(({ ok }) => ok);
}

/** @param {ReadyEnvironment} environment @returns {Promise<{ ok: boolean, count: string | null }>} */
async function test(environment) {
  const run = await runTests({
    root,
    cache,
    node24: environment.variables.HEADGATE_NODE24 ?? process.execPath,
    env: environment.childEnv,
    slow,
    args: process.argv.slice(2),
  });
  if (!run.result) return { ok: false, count: null };
  const skipped = explainSkipped(run.result, run.lines);
  if (skipped.length > 0) heading('Skipped, and why');
  for (const line of skipped) console.log(`  ${line}`);
  return { ok: run.ok, count: countLine(run.result) };
}

/** @param {ReadyEnvironment} environment @returns {Promise<{ ok: boolean, count: string | null }>} */
async function everything(environment) {
  heading('Checks');
  const checked = await check(environment);
  if (interrupted.aborted) return { ok: false, count: null };
  heading(`Tests${slow ? ', the slow half too' : ''}`);
  const tested = await test(environment);
  if (!slow || interrupted.aborted) return { ...tested, ok: tested.ok && checked };
  heading('The first delivery of the sample');
  const rehearsed = (await rehearseSample(environment, [])) === 0;
  return { ...tested, ok: tested.ok && checked && rehearsed };
}

/** @returns {Promise<{ ok: boolean, count: string | null }>} */
async function run() {
  heading('Set-up');
  if (slow) return withReadyMachine(everything);
  const environment = await prepare({ quick: true });
  return everything({ ...environment, childEnv: childVariables(environment) });
}

const started = Date.now();
try {
  const { ok, count } = await run();
  console.log(
    `\n${ok ? 'Everything holds' : 'Not everything holds'} (${Math.round((Date.now() - started) / 1000)} s)`,
  );
  if (count) console.log(count);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
process.exit(interruptedCode() ?? process.exitCode);
