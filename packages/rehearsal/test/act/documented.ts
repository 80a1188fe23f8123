// The differences between our engine and act, as docs/rehearsal.md explains them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byText, type Difference } from './facts.js';

const root = join(import.meta.dirname, '..', '..', '..', '..');

/** workflow → rows of the table in docs/rehearsal.md */
export function documented(): ReadonlyMap<string, readonly Difference[]> {
  const page = readFileSync(join(root, 'docs', 'rehearsal.md'), 'utf8');
  const [table = ''] = page.slice(page.indexOf('| workflow | it says')).split('\n\n');
  const rows = table
    .split('\n')
    .slice(2)
    .map((row) => row.split(/(?<!\\)\|/u).slice(1, -1));
  const found = new Map<string, Difference[]>();
  for (const [workflow = '', fact = '', ours = '', act = '', why = ''] of rows.map((row) => row.map(plain))) {
    if (why === '') throw new Error(`docs/rehearsal.md does not explain ${workflow}: ${fact}`);
    found.set(workflow, [...(found.get(workflow) ?? []), { fact, ours, act }]);
  }
  return new Map(
    [...found].map(([name, rows]) => [name, rows.sort((one, other) => byText(one.fact, other.fact))]),
  );
}

/** A cell without its code marks and escapes. */
function plain(cell: string): string {
  return cell
    .trim()
    .replace(/^`(.*)`$/u, '$1')
    .replaceAll('\\|', '|');
}
