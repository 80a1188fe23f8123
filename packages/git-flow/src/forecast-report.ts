// The forecast in words: what a merge back will meet, branch by branch.
import { code, heading, table } from '@headgate/kit/summary';
import { conflictTable, type MergeConflict } from './merge-conflict.js';
import { type Undeployed, undeployedText } from './undeployed.js';

export type ForecastLine =
  | { readonly target: string; readonly kind: 'clean' | 'missing' | 'derived' }
  /** `blocked`: not even production can take the branch. */
  | { readonly target: string; readonly kind: 'conflict' | 'blocked'; readonly conflict: MergeConflict };

const words = {
  clean: 'no conflict',
  derived: 'no conflict but in files that are made again',
  missing: 'the branch is not there: create it before the merge',
  conflict: '**conflict**, see below',
  blocked: '**conflict** already with the merge itself, see below',
} as const;

/** Markdown; every name in it is escaped. `undeployed`: null when nobody could say what production runs. */
export function forecastText(
  branch: string,
  lines: readonly ForecastLine[],
  undeployed: Undeployed | null,
): string {
  const rows = lines.map(({ target, kind }) => [code(target), words[kind]]);
  const conflicts = lines.flatMap((line) => ('conflict' in line ? [line] : []));
  const tables = conflicts.map(
    ({ target, conflict }) =>
      `${heading(3, `Conflict with ${target}`)}${conflictTable(conflict, { target, source: branch })}`,
  );
  return [
    heading(2, `Back-merge forecast of ${branch}`),
    table(['Branch', 'When this is merged back'], rows),
    ...tables,
    adviceOf(lines),
    undeployed === null ? '' : undeployedText(undeployed),
  ].join('');
}

function adviceOf(lines: readonly ForecastLine[]): string {
  const named = (kind: ForecastLine['kind']): string =>
    lines
      .filter((line) => line.kind === kind)
      .map(({ target }) => code(target))
      .join(' and ');
  const [blocked, conflicting] = [named('blocked'), named('conflict')];
  const first =
    blocked === '' ? '' : `Merge ${blocked} into this branch: until then it cannot be merged.\n\n`;
  const then =
    conflicting === ''
      ? ''
      : `The back-merge into ${conflicting} will become a pull request for you to resolve, unless it is settled before.\n\n`;
  return first + then;
}
