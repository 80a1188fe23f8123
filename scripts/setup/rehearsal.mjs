// The rehearsal of the sample's deliveries, as `npm start` and the slow half of `npm test` run it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root } from '../workspace/paths.mjs';
import { useSecondEngine } from './engine.mjs';
import { runNode24 } from './session.mjs';

/** Must fail, and is played by a test that expects it to. */
const counterTest = 'dropped-connection';

/** The sample's stories in the order in which they are played, without the one that must fail. @param {string} checkout */
export function listStories(checkout) {
  return readdirSync(join(checkout, 'examples', 'shop', 'stories'))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => name.slice(0, -'.yml'.length))
    .filter((name) => name !== counterTest)
    .sort();
}

/**
 * @param {import('./session.mjs').ReadyEnvironment} environment
 * @param {readonly string[]} args further arguments of `headgate rehearse`
 * @returns {Promise<number>} exit code
 */
export async function rehearseSample(environment, args) {
  const {
    NODE_IMAGE = 'node:24',
    CERTIFICATES = '',
    HEADGATE_TERRAFORM = 'terraform',
  } = environment.variables;
  const values = { NODE_IMAGE, CERTIFICATES, TERRAFORM: HEADGATE_TERRAFORM };
  if (environment.engine !== 'private') return play(environment, values, args);
  // Production's second host. On a machine with an engine of its own, both hosts share that one.
  const second = await useSecondEngine(`${NODE_IMAGE}-slim`, environment.childEnv);
  try {
    return await play(environment, { ...values, SECOND_ENGINE: second.address }, args);
  } finally {
    await second.release();
  }
}

/**
 * @param {import('./session.mjs').ReadyEnvironment} environment
 * @param {Record<string, string>} values @param {readonly string[]} args
 * @returns {Promise<number>}
 */
async function play(environment, values, args) {
  const variables = Object.entries(values).flatMap(([name, value]) => ['--var', `${name}=${value}`]);
  const main = join(root, 'packages', 'cli', 'dist', 'index.js');
  const stories = args.filter((arg) => /^--story(?:=|$)/.test(arg)).length;
  // The page is the report of one story. Further arguments come later and win.
  const report = stories > 1 ? [] : ['--html', join(cache, 'rehearsal.html')];
  const story = stories > 0 ? [] : ['--story', 'first-release'];
  const command = ['rehearse', join('examples', 'shop'), '--yes', ...story, ...report];
  const result = await runNode24(environment, [main, ...command, ...variables, ...args], {
    cwd: root,
    inherit: true,
    orderly: true,
  });
  return result.code;
}
