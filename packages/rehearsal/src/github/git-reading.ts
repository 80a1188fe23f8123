// What the REST API and the events need to know of a repository's objects: refs, commits, ranges, changed files.
import { GitFailure, type GitStore } from './git-store.js';

export interface CommitPerson {
  readonly name: string;
  readonly email: string;
  /** ISO 8601 with offset, as the commit has it. */
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: CommitPerson;
  readonly committer: CommitPerson;
  readonly message: string;
}

export interface FileChange {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  readonly path: string;
  readonly previous: string | null;
  /** Blob id after the change; of the former file when removed. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
}

export const zeroSha = '0'.repeat(40);

/** Every ref and what it points to. */
export async function readRefs(git: GitStore): Promise<Map<string, string>> {
  const lines = await git.run(['for-each-ref', '--format=%(objectname) %(refname)']);
  return new Map(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(41), line.slice(0, 40)]),
  );
}

/** The object a name means, peeled to a commit unless `type` says otherwise; null when there is none. */
export async function resolveObject(git: GitStore, name: string, type = 'commit'): Promise<string | null> {
  try {
    const sha = await git.run(['rev-parse', '--verify', '-q', '--end-of-options', `${name}^{${type}}`]);
    return sha.trim();
  } catch (error) {
    if (error instanceof GitFailure) return null;
    throw error;
  }
}

/** A commit by what people write: a full or short SHA, a branch, a tag, `heads/x`, a full ref. Branches win over tags. */
export async function findCommit(git: GitStore, name: string): Promise<string | null> {
  if (/^[0-9a-f]{7,40}$/u.test(name)) {
    const sha = await resolveObject(git, name);
    if (sha !== null) return sha;
  }
  if (/[\s^~:?*[\\]|\.\.|@\{/u.test(name)) return null;
  for (const prefix of ['refs/heads/', 'refs/tags/', 'refs/', '']) {
    if (prefix === '' && name !== 'HEAD' && !name.startsWith('refs/')) continue;
    const sha = await resolveObject(git, `${prefix}${name}`);
    if (sha !== null) return sha;
  }
  return null;
}

const fields = '%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B';

/** Commits of a range, newest first. `revisions` are `rev-list` arguments made of SHAs and options only. */
export async function readCommits(git: GitStore, revisions: readonly string[]): Promise<readonly Commit[]> {
  const text = await git.run(['log', '-z', `--format=tformat:${fields}`, ...revisions, '--']);
  const parts = text.split('\0');
  const commits: Commit[] = [];
  for (let at = 0; at + 9 < parts.length; at += 10) {
    const part = (offset: number): string => parts[at + offset] ?? '';
    commits.push({
      sha: part(0),
      tree: part(1),
      parents: part(2).split(' ').filter(Boolean),
      author: { name: part(3), email: part(4), date: part(5) },
      committer: { name: part(6), email: part(7), date: part(8) },
      message: part(9).trimEnd(),
    });
  }
  return commits;
}

export async function readCommit(git: GitStore, sha: string): Promise<Commit> {
  const [commit] = await readCommits(git, ['-1', sha]);
  if (commit === undefined) throw new Error(`no commit ${sha} in ${git.directory}`);
  return commit;
}

export async function isAncestor(git: GitStore, ancestor: string, descendant: string): Promise<boolean> {
  try {
    await git.run(['merge-base', '--is-ancestor', ancestor, descendant]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure && error.code === 1) return false;
    throw error;
  }
}

export async function mergeBase(git: GitStore, a: string, b: string): Promise<string | null> {
  try {
    return (await git.run(['merge-base', a, b])).trim();
  } catch (error) {
    if (error instanceof GitFailure && error.code === 1) return null;
    throw error;
  }
}

export async function countCommits(git: GitStore, range: readonly string[]): Promise<number> {
  return Number((await git.run(['rev-list', '--count', ...range, '--'])).trim());
}
