// A repository with a merge on master over the GitHub double, and the release scripts as a job of it calls them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeClock } from '../../packages/kit/src/testing/clock.js';
import { startGitHub } from '../../packages/rehearsal/src/github/host.js';
import { attestationName, builtNames } from '../release/assets.mjs';
import { checksumFile, writeChecksums } from '../release/checksums.mjs';
import { connectGitHub } from '../release/github.mjs';
import { publish } from '../release/publish.mjs';
import { readVersion } from '../release/version.mjs';
import { runChild } from '../workspace/child.mjs';

export const repository = 'headgate/headgate';
export const killed = new Error('killed');

const identity = {
  GIT_AUTHOR_NAME: 'Dana',
  GIT_AUTHOR_EMAIL: 'dana@example.com',
  GIT_COMMITTER_NAME: 'Dana',
  GIT_COMMITTER_EMAIL: 'dana@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/**
 * @typedef {object} Given
 * @property {string} commit
 * @property {string} [folder] of the assets; a complete one unless said
 * @property {number} [dieAfter] how many changes GitHub makes; the answer to the last one is lost
 * @property {boolean} [dryRun]
 * @property {string} [token]
 */

export async function openWorld() {
  const root = mkdtempSync(join(tmpdir(), 'headgate-release-'));
  const host = await startGitHub({
    directory: join(root, 'host'),
    clock: createFakeClock(Date.UTC(2026, 10, 21)),
  });
  const settings = { variables: {}, secrets: {}, environments: {}, protectedBranches: ['master'] };
  const [owner = '', name = ''] = repository.split('/');
  await host.addRepository({ owner, name, defaultBranch: 'master', protectedTags: ['v*.*.*'], ...settings });
  const bare = host.gitDirectory(repository);
  /** @param {string[]} args */
  const git = async (...args) => {
    const result = await runChild('git', args, { cwd: bare, env: { ...process.env, ...identity } });
    if (result.code !== 0) throw new Error(result.output);
    return result.output.trim();
  };
  const tree = await git('hash-object', '-t', 'tree', '-w', '--stdin');
  const world = { root, host, git };
  return {
    ...world,
    /** One more commit on master, on what is there. */
    async merge() {
      const former = await git('rev-parse', '--verify', '--quiet', 'refs/heads/master').catch(() => '');
      const commit = await git('commit-tree', tree, '-m', 'Merge', ...(former === '' ? [] : ['-p', former]));
      await git('update-ref', 'refs/heads/master', commit);
      return commit;
    },
    /** A job's publishing. @param {string} version @param {Given} given */
    publish: (version, given) => publishIn(world, version, given),
    /** The commit behind a tag, '' without one. @param {string} tag */
    tag: (tag) => git('rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`).catch(() => ''),
    /** Every release, newest first, as an administrator sees it. */
    async releases() {
      const { data } = await host
        .person('ann', { role: 'admin' })
        .request('GET', `/repos/${repository}/releases`);
      return /** @type {{ tag_name: string, draft: boolean, body: string, assets: { name: string }[] }[]} */ (
        data
      );
    },
    async close() {
      await host.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/**
 * @param {{ root: string, host: Awaited<ReturnType<typeof startGitHub>> }} world
 * @param {string} version
 * @param {Given} given
 */
async function publishIn({ root, host }, version, given) {
  const permissions = /** @type {const} */ ({ contents: 'write' });
  const token =
    given.token ?? host.grantToken({ repository, permissions, login: 'github-actions[bot]', jobToken: true });
  /** @type {string[]} */
  const lines = [];
  const counted = countChanges(given.dieAfter ?? Number.POSITIVE_INFINITY);
  await publish({
    github: connectGitHub({ apiUrl: host.apiUrl, repository, token, fetch: counted.fetch, pauses: [] }),
    repository,
    version: readVersion(version),
    commit: given.commit,
    folder: given.folder ?? writeAssets(root, version),
    dryRun: given.dryRun ?? false,
    log: (line) => lines.push(line),
  });
  return { lines, changes: counted.changes() };
}

/** @param {number} dieAfter */
function countChanges(dieAfter) {
  let made = 0;
  /** @type {import('../release/github.mjs').Fetch} */
  const counting = async (url, init) => {
    if (made === dieAfter) throw killed;
    const response = await fetch(url, init);
    if (init.method !== undefined) made += 1;
    if (made === dieAfter) throw killed;
    return response;
  };
  return { fetch: counting, changes: () => made };
}

/** A folder as the jobs before leave it. @param {string} root @param {string} version */
export function writeAssets(root, version) {
  const folder = join(root, `assets-${version}`);
  mkdirSync(folder, { recursive: true });
  const files = builtNames(version).map((name) => ({ name, bytes: Buffer.from(`${name} of ${version}\n`) }));
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, checksumFile), writeChecksums(files));
  writeFileSync(join(folder, attestationName(version)), '{}\n');
  return folder;
}
