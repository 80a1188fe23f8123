// Where a mirror comes from: the commit that is checked out, and the version that it says it is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkManifests } from '../release/manifests.mjs';
import { ReleaseProblem } from '../release/problem.mjs';
import { readVersion, showVersion } from '../release/version.mjs';
import { runChild } from '../workspace/child.mjs';

/**
 * @param {string} root
 * @param {{ repository: string, present: boolean }} options present: what is not committed counts, too
 * @returns {Promise<import('./repository.mjs').Source>}
 * @throws {ReleaseProblem} when the files are not those of the commit
 */
export async function describeSource(root, { repository, present }) {
  const git = async (/** @type {string[]} */ ...args) => {
    const { code, output } = await runChild('git', args, { cwd: root });
    if (code === 0) return output.trim();
    throw new ReleaseProblem(
      `a git checkout was expected in ${root}: ${output.trim()}`,
      'Clone the repository.',
    );
  };
  const version = readVersion(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  checkManifests(root, showVersion(version));
  const changed = present
    ? ''
    : await git('status', '--porcelain', '--', 'packages', 'LICENSE', 'SECURITY.md');
  if (changed !== '')
    throw new ReleaseProblem(
      `the files of the commit were expected, some are changed: ${changed.split('\n')[0]?.slice(3)}`,
      'Check out the tag of the release: git checkout vX.Y.Z.',
    );
  const [commit = '', date = ''] = (await git('show', '--no-patch', '--format=%H %cI', 'HEAD')).split(' ');
  return { repository, commit, date, version };
}
