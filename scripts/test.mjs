// Everything that must hold: `npm test [-- arguments of jest]`. The last line is the runner's own count of tests.
// With CI=true or HEADGATE_SLOW=1 the slow half too: tests that need the real tools, and the sample's stories.
import { cpus } from 'node:os';
import { listChecks } from './check/checks.mjs';
import { countLine, explainFailed, explainSkipped, lacksReason } from './check/counts.mjs';
import { runChecks } from './check/run-checks.mjs';
import { runTests } from './check/tests.mjs';
import { childVariables } from './setup/environment.mjs';
import { SetupError } from './setup/get.mjs';
import { searchPath } from './setup/machine.mjs';
import { prepare } from './setup/prepare.mjs';
import { listStories, rehearseSample } from './setup/rehearsal.mjs';
import { withReadyMachine } from './setup/session.mjs';
import { interrupted, interruptedCode } from './workspace/child.mjs';
import { cache, root } from './workspace/paths.mjs';

const slow = process.env.HEADGATE_SLOW === '1' || process.env.CI === 'true';

/** @typedef {import('./setup/session.mjs').ReadyEnvironment} ReadyEnvironment */

/** @param {string} text */
const heading = (text) => console.log(`\n== ${text}`);

/** @typedef {{ failed: string[], explained: string[], count: string | null }} Outcome failed: what does not hold, by name */

/** @param {ReadyEnvironment} environment @returns {Promise<string[]>} names of the checks that failed */
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
  return results.filter(({ ok }) => !ok).map(({ name }) => name);
}

/** @param {ReadyEnvironment} environment @returns {Promise<Outcome>} */
async function test(environment) {
  const run = await runTests({
    root,
    cache,
    node24: environment.variables.HEADGATE_NODE24 ?? process.execPath,
    env: environment.childEnv,
    slow,
    args: process.argv.slice(2),
  });
  if (!run.result) return { failed: ['tests'], explained: [], count: null };
  const skipped = explainSkipped(run.result, run.lines);
  if (skipped.length > 0) heading('Skipped, and why');
  for (const line of skipped) console.log(`  ${line}`);
  const failed = [
    ...(run.ok ? [] : ['tests']),
    ...(lacksReason(skipped) ? ['tests skipped without a reason'] : []),
  ];
  return { failed, explained: explainFailed(run.result, root), count: countLine(run.result) };
}

/** @param {ReadyEnvironment} environment @returns {Promise<Outcome>} */
async function everything(environment) {
  heading('Checks');
  const failed = await check(environment);
  if (interrupted.aborted) return { failed: ['interrupted'], explained: [], count: null };
  heading(`Tests${slow ? ', the slow half too' : ''}`);
  const tested = await test(environment);
  failed.push(...tested.failed);
  if (!slow || interrupted.aborted) return { ...tested, failed };
  heading('The stories of the sample');
  const stories = listStories(root).flatMap((story) => ['--story', story]);
  // Much of a story is waiting: for health, for drained connections, for people.
  if ((await rehearseSample(environment, [...stories, '--jobs', '2'])) !== 0) failed.push('stories');
  return { ...tested, failed };
}

/** @returns {Promise<Outcome>} */
async function run() {
  heading('Set-up');
  if (slow) return withReadyMachine(everything);
  const environment = await prepare({ only: 'quick' });
  return everything({ ...environment, childEnv: childVariables(environment) });
}

const started = Date.now();
try {
  const { failed, explained, count } = await run();
  if (explained.length > 0) heading('Tests that failed');
  for (const line of explained) console.log(`  ${line}`);
  const verdict = failed.length === 0 ? 'Everything holds' : `Does not hold: ${failed.join(', ')}`;
  console.log(`\n${verdict} (${Math.round((Date.now() - started) / 1000)} s)`);
  if (count) console.log(count);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
process.exit(interruptedCode() ?? process.exitCode);
