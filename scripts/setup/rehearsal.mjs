// The rehearsal of the sample's delivery, as `npm start` and the slow half of `npm test` run it.
import { join } from 'node:path';
import { cache, root } from '../workspace/paths.mjs';
import { runNode24 } from './session.mjs';

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
  const variables = Object.entries(values).flatMap(([name, value]) => ['--var', `${name}=${value}`]);
  const main = join(root, 'packages', 'cli', 'dist', 'index.js');
  // Further arguments come later and win.
  const report = ['--html', join(cache, 'rehearsal.html')];
  const story = ['rehearse', join('examples', 'shop'), '--story', 'first-release', '--yes', ...report];
  const result = await runNode24(environment, [main, ...story, ...variables, ...args], {
    cwd: root,
    inherit: true,
    orderly: true,
  });
  return result.code;
}
