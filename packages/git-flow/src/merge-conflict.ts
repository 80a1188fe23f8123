// What stands in the way of a merge: the files, and who changed each of them last on either side.
import type { LastChange } from '@headgate/kit/git-merge';
import { code, counted, escapeMarkdown, table } from '@headgate/kit/summary';
import type { BranchGround } from './branch-ground.js';

export interface ConflictFile {
  readonly path: string;
  /** On the branch that is merged into. */
  readonly ours: LastChange | null;
  /** In what is merged. */
  readonly theirs: LastChange | null;
}

export interface MergeConflict {
  /** How many files there are; `files` has at most 50 of them. */
  readonly count: number;
  readonly files: readonly ConflictFile[];
}

const mostFiles = 50;

export interface ConflictSides {
  /** Two commits, and the paths that git could not merge. */
  readonly target: string;
  readonly source: string;
  readonly files: readonly string[];
}

/** Asks the history for the last change of each file since the two sides parted. */
export async function explainConflict(
  { merge }: Pick<BranchGround, 'merge'>,
  { target, source, files }: ConflictSides,
): Promise<MergeConflict> {
  const base = await merge.base(target, source);
  const explained: ConflictFile[] = [];
  for (const path of files.slice(0, mostFiles)) {
    const change = async (to: string): Promise<LastChange | null> =>
      base === null ? null : merge.lastChange(path, base, to);
    explained.push({ path, ours: await change(target), theirs: await change(source) });
  }
  return { count: files.length, files: explained };
}

export interface ConflictNames {
  readonly target: string;
  readonly source: string;
}

/** Markdown: a row a file. Every name in it is escaped. */
export function conflictTable({ count, files }: MergeConflict, { target, source }: ConflictNames): string {
  const head = ['File', `Last change in ${code(target)}`, `Last change in ${code(source)}`];
  const rows = files.map(({ path, ours, theirs }) => [code(path), showChange(ours), showChange(theirs)]);
  const rest = count - files.length;
  return table(head, rows) + (rest > 0 ? `… and ${counted(rest, 'more file')}\n\n` : '');
}

function showChange(change: LastChange | null): string {
  return change === null ? '' : `${escapeMarkdown(change.author)} (${code(change.commit.slice(0, 7))})`;
}
