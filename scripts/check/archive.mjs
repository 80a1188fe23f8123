// The archive of the repository, as a runner downloads it for each action: what is in it, and how heavy it is.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runChild } from '../workspace/child.mjs';

/** Bytes. A runner fetches it for every job that uses an action of ours. */
export const archiveLimit = 700_000;

/** @typedef {{ bytes: number, files: string[] }} Archive */

/**
 * Archives the files as they lie there, committed or not, by the attributes among them; the repository is not touched.
 * @param {string} root
 * @param {string | null} [out] an existing folder to unpack it into, as a runner does
 * @returns {Promise<Archive | null>} null where there is no git repository
 */
export async function makeArchive(root, out = null) {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-archive-'));
  try {
    const [index, objects] = await gitPaths(root);
    if (!index || !objects) return null;
    const own = join(folder, 'objects');
    mkdirSync(own);
    const env = {
      ...process.env,
      GIT_INDEX_FILE: join(folder, 'index'),
      GIT_OBJECT_DIRECTORY: own,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
    };
    // What the index knows already need not be read again.
    if (existsSync(index)) copyFileSync(index, env.GIT_INDEX_FILE);
    const git = (/** @type {string[]} */ ...args) => run('git', args, { cwd: root, env });
    await git('add', '--all');
    const tree = await git('write-tree');
    const file = join(folder, 'archive.tar.gz');
    await git('archive', '--format=tar.gz', '--output', file, tree);
    if (out !== null) await run('tar', ['-xzf', file, '-C', out], { cwd: folder });
    const listed = (await run('tar', ['-tzf', file], { cwd: folder })).split('\n');
    return { bytes: statSync(file).size, files: listed.filter((path) => !path.endsWith('/')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Index and objects; none without a repository. @param {string} root @returns {Promise<string[]>} */
async function gitPaths(root) {
  const args = ['rev-parse', '--show-cdup', '--git-path', 'index', '--git-path', 'objects'];
  const { code, output } = await runChild('git', args, { cwd: root });
  const [up, ...paths] = output.split('\n');
  // A checkout inside another repository is none itself.
  return code === 0 && up === ''
    ? paths.filter((path) => path !== '').map((path) => resolve(root, path))
    : [];
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('../workspace/child.mjs').ChildOptions} options
 */
async function run(command, args, options) {
  const { code, output } = await runChild(command, args, { deadlineMs: 60_000, ...options });
  if (code !== 0) throw new Error(`${command} ${args[0]} failed: ${output.trim()}`);
  return output.trim();
}

/**
 * @param {Archive} archive
 * @param {readonly string[]} needed paths
 * @returns {string[]} what is wrong, with its cure
 */
export function archiveProblems({ bytes, files }, needed) {
  const [there, wanted] = [new Set(files), new Set(needed)];
  const missing = needed.filter((path) => !there.has(path));
  const extra = files.filter((path) => !wanted.has(path));
  const cure = 'see export-ignore in .gitattributes';
  return [
    ...missing.map((path) => `${path} is needed and not in the archive; ${cure}`),
    ...extra.map((path) => `${path} is in the archive and no runner needs it; ${cure}`),
    ...(bytes > archiveLimit
      ? [
          `the archive has ${bytes} bytes, ${archiveLimit} at most were expected: see what grew in packages/*/dist`,
        ]
      : []),
  ];
}
