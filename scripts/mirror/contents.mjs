// The files of a mirror, by path: one action with everything it needs, and nothing that lies outside.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { readBuilt } from '../build/sharing.mjs';
import { listActions } from '../pack/contents.mjs';
import { listFiles } from '../workspace/fingerprint.mjs';
import { checkMarketplace } from './contract.mjs';
import { mirrorReadme, mirrorSecurity } from './documents.mjs';

/** @typedef {{ name: string, files: Map<string, Buffer> }} Mirror name: of the action's folder, and of the repository */
/** @typedef {{ owner: string, source: string, version: string }} Origin */

/** The actions that have a mirror: git-flow is of use in the workflows alone. @param {string} root */
export const listMirrored = (root) => listActions(root).filter((name) => name !== 'git-flow');

/**
 * @param {string} root the checkout, with its bundles built
 * @param {Origin} origin
 * @returns {Mirror[]}
 * @throws {import('../release/problem.mjs').ReleaseProblem} when the Marketplace would refuse one of them
 */
export function mirrorContents(root, origin) {
  const mirrored = listMirrored(root);
  const read = (/** @type {string[]} */ ...path) => readFileSync(join(root, ...path), 'utf8');
  const metadata = new Map(
    mirrored.map((name) => [
      name,
      /** @type {import('./contract.mjs').Metadata} */ (load(read('packages', name, 'action.yml'))),
    ]),
  );
  checkMarketplace(metadata);
  return mirrored.map((action) => {
    const place = { ...origin, action, mirrored, title: String(metadata.get(action)?.name) };
    const dist = join(root, 'packages', action, 'dist');
    /** @type {[string, Buffer][]} */
    const files = [
      ['action.yml', Buffer.from(read('packages', action, 'action.yml'))],
      ['README.md', Buffer.from(mirrorReadme(read('packages', action, 'README.md'), place))],
      ['LICENSE', Buffer.from(read('LICENSE'))],
      ['SECURITY.md', Buffer.from(mirrorSecurity(read('SECURITY.md'), place))],
      ...listFiles(dist).map(
        (path) => /** @type {[string, Buffer]} */ ([join('dist', path), readBuilt(join(dist, path))]),
      ),
    ];
    return { name: action, files: new Map(files) };
  });
}
