// Rehearses the sample's way to production on this machine: `npm start [-- further arguments of headgate rehearse]`.
import { join } from 'node:path';
import { SetupError } from './setup/get.mjs';
import { rehearseSample } from './setup/rehearsal.mjs';
import { withReadyMachine } from './setup/session.mjs';
import { interruptedCode, runChild } from './workspace/child.mjs';
import { root } from './workspace/paths.mjs';

/** Bundles that the sources have outgrown are built again. @returns {Promise<number>} exit code */
async function buildBundles() {
  console.log('Bundles');
  const script = join(root, 'scripts', 'build.mjs');
  const result = await runChild(process.execPath, [script, '--committed'], {
    cwd: root,
    onLine: console.log,
  });
  return result.code;
}

/** @param {readonly string[]} args @returns {Promise<number>} exit code */
async function rehearse(args) {
  const work = async (/** @type {import('./setup/session.mjs').ReadyEnvironment} */ environment) => {
    const built = await buildBundles();
    if (built !== 0) return built;
    return rehearseSample(environment, args);
  };
  return withReadyMachine(work, { only: 'rehearsal' });
}

try {
  process.exitCode = await rehearse(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
process.exit(interruptedCode() ?? process.exitCode);
