// The files that differ between two trees, with counted lines.
import type { FileChange } from './git-reading.js';
import type { GitStore } from './git-store.js';

const statuses: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'added',
  T: 'changed',
};

/** The empty tree: what a root commit is compared with. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Lines by path of `--numstat -z`: `added TAB deleted TAB path NUL`, or with an empty path, then old NUL new NUL. */
function countLines(text: string): Map<string, readonly [number, number]> {
  const counts = new Map<string, readonly [number, number]>();
  const parts = text.split('\0');
  for (let at = 0; at < parts.length; at += 1) {
    const [added, deleted, ...path] = (parts[at] ?? '').split('\t');
    if (deleted === undefined) continue;
    let name = path.join('\t');
    if (name === '') {
      name = parts[at + 2] ?? '';
      at += 2;
    }
    counts.set(name, [Number(added) || 0, Number(deleted) || 0]);
  }
  return counts;
}

/** Changes from `base` (null: nothing) to `head`, renames found, sorted by path as git does. */
export async function readChanges(
  git: GitStore,
  base: string | null,
  head: string,
): Promise<readonly FileChange[]> {
  const trees = [base ?? emptyTree, head];
  const raw = await git.run(['diff-tree', '-r', '-z', '-M', '--raw', '--no-abbrev', ...trees]);
  const counts = countLines(await git.run(['diff-tree', '-r', '-z', '-M', '--numstat', ...trees]));
  const parts = raw.split('\0');
  const changes: FileChange[] = [];
  for (let at = 0; at < parts.length; ) {
    const head = parts[at] ?? '';
    if (!head.startsWith(':')) break;
    const [, , before = '', after = '', letter = ''] = head.slice(1).split(' ');
    const two = letter.startsWith('R') || letter.startsWith('C');
    const path = parts[at + (two ? 2 : 1)] ?? '';
    const status = statuses[letter.charAt(0)] ?? 'modified';
    const [additions, deletions] = counts.get(path) ?? [0, 0];
    const sha = status === 'removed' ? before : after;
    changes.push({ status, path, previous: two ? (parts[at + 1] ?? null) : null, sha, additions, deletions });
    at += two ? 3 : 2;
  }
  return changes;
}
