// The repository of a mirror: one commit for each version, named after the source commit, with vX.Y.Z and vX.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ReleaseProblem } from '../release/problem.mjs';
import { compareVersions, parseTag, showVersion } from '../release/version.mjs';
import { runChild } from '../workspace/child.mjs';

/** @typedef {import('../release/version.mjs').Version} Version */
/**
 * @typedef {object} Source
 * @property {string} repository `owner/name`
 * @property {string} commit
 * @property {string} date of the commit, ISO 8601: the same source gives the same mirror, wherever it is made
 * @property {Version} version
 */
/** @typedef {{ made: boolean, commit: string }} Outcome */
/** @typedef {(...args: string[]) => Promise<string>} Git rejects when git fails */

const branch = 'refs/heads/main';
const author = { name: 'Headgate', email: 'headgate@users.noreply.github.com' };

/** @param {string} folder @param {Record<string, string>} [env] @returns {Git} */
function gitIn(folder, env = {}) {
  const all = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0', ...env };
  return async (...args) => {
    const { code, output } = await runChild('git', args, { cwd: folder, env: all, deadlineMs: 300_000 });
    if (code === 0) return output.trim();
    throw new ReleaseProblem(
      `git ${args[0]} was expected to succeed in ${folder}: ${output.trim()}`,
      'Correct what git names, then run it again: it goes on.',
    );
  };
}

/**
 * Opens the folder as a repository; what `remote` has is there afterwards.
 * @param {string} folder
 * @param {string | null} remote
 */
export async function openMirror(folder, remote) {
  mkdirSync(folder, { recursive: true });
  const git = gitIn(folder);
  if (!existsSync(join(folder, '.git'))) await git('init', '--quiet', '--initial-branch=main');
  if (remote === null) return;
  // By force: a mirror has no work of its own.
  await git(
    'fetch',
    '--quiet',
    '--update-head-ok',
    remote,
    `+refs/heads/*:refs/heads/*`,
    '+refs/tags/*:refs/tags/*',
  );
}

/** @param {Git} git @returns {Promise<{ tag: string, version: Version }[]>} lowest first */
async function listReleases(git) {
  const tags = (await git('tag', '--list')).split('\n');
  return tags
    .flatMap((tag) => {
      const version = parseTag(tag);
      return version ? [{ tag, version }] : [];
    })
    .sort((left, right) => compareVersions(left.version, right.version));
}

/**
 * Writes one version. Made again it changes nothing.
 * @param {string} folder
 * @param {ReadonlyMap<string, Buffer>} files
 * @param {Source} source
 * @returns {Promise<Outcome>}
 * @throws {ReleaseProblem} when the version is there with other files, or from another commit
 */
export async function writeVersion(folder, files, source) {
  const git = gitIn(folder);
  const tag = `v${showVersion(source.version)}`;
  const releases = await listReleases(git);
  const tree = await writeTree(folder, files);
  const known = releases.find((each) => each.tag === tag);
  const commit = known
    ? await sameCommit(git, { tag, tree, source })
    : await makeCommit(folder, { tree, source, releases });
  if (!known) await git('update-ref', `refs/tags/${tag}`, commit);
  await place(git, await listReleases(git), source.version[0]);
  await git('reset', '--quiet', '--hard', branch);
  return { made: !known, commit };
}

/** @param {string} folder @param {ReadonlyMap<string, Buffer>} files @returns {Promise<string>} */
async function writeTree(folder, files) {
  const stage = mkdtempSync(join(tmpdir(), 'headgate-mirror-'));
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(stage, 'files', path)), { recursive: true });
      writeFileSync(join(stage, 'files', path), bytes);
    }
    const env = {
      GIT_DIR: join(folder, '.git'),
      GIT_WORK_TREE: join(stage, 'files'),
      GIT_INDEX_FILE: join(stage, 'index'),
    };
    const git = gitIn(join(stage, 'files'), env);
    await git('-c', 'core.autocrlf=false', 'add', '--all', '--force', '.');
    return await git('write-tree');
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** @param {Git} git @param {{ tag: string, tree: string, source: Source }} question @returns {Promise<string>} */
async function sameCommit(git, { tag, tree, source }) {
  const commit = await git('rev-parse', `${tag}^{commit}`);
  const message = await git('show', '--no-patch', '--format=%B', commit);
  if ((await git('rev-parse', `${commit}^{tree}`)) === tree && message.includes(source.commit)) return commit;
  throw new ReleaseProblem(
    `${tag} was expected to be absent or made from ${source.commit}; it is there with other files: ${message.split('\n').at(-1)}`,
    'A released version never changes: release the next number.',
  );
}

/**
 * On the version below it, so that a fix of an older line does not take newer files back.
 * @param {string} folder
 * @param {{ tree: string, source: Source, releases: readonly { tag: string, version: Version }[] }} material
 */
async function makeCommit(folder, { tree, source, releases }) {
  const below = releases.filter(({ version }) => compareVersions(version, source.version) < 0).at(-1);
  const origin = `https://github.com/${source.repository}/commit/${source.commit}`;
  const title = `Release ${showVersion(source.version)}`;
  const message = `${title}\n\nMade from ${origin}\n\nHeadgate-Source: ${source.commit}`;
  const git = gitIn(folder, {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: source.date,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_COMMITTER_DATE: source.date,
  });
  return git('commit-tree', tree, ...(below ? ['-p', `${below.tag}^{commit}`] : []), '-m', message);
}

/**
 * The branch on the highest version of all, vX on the highest of its own.
 * @param {Git} git
 * @param {readonly { tag: string, version: Version }[]} releases
 * @param {number} major
 */
async function place(git, releases, major) {
  const highest = releases.at(-1);
  const ofMajor = releases.filter(({ version }) => version[0] === major).at(-1);
  for (const [ref, release] of /** @type {const} */ ([
    [branch, highest],
    [`refs/tags/v${major}`, ofMajor],
  ])) {
    if (release) await git('update-ref', ref, await git('rev-parse', `${release.tag}^{commit}`));
  }
}

/**
 * The branch, the version and vX, all or nothing; only vX may move.
 * @param {string} folder
 * @param {string} remote
 * @param {Version} version
 */
export async function pushMirror(folder, remote, version) {
  const tag = `refs/tags/v${showVersion(version)}`;
  await gitIn(folder)('push', '--quiet', '--atomic', remote, branch, tag, `+refs/tags/v${version[0]}`);
}
