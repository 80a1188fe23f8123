// The plan as people read it: counts first, then the changes, the dangerous ones first, within a limit.
import type { Redactor } from '@headgate/kit/secrets';
import { code, details, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import type { Action, Change } from './changes.js';
import type { PlanDocument } from './plan-document.js';

export interface PlanReport {
  readonly environment: string;
  readonly directory: string;
  readonly workspace: string;
  /** `Terraform 1.11.4` */
  readonly tool: string;
  readonly fileDigest: string;
  readonly document: PlanDocument;
  readonly runUrl: string;
}

const order: readonly Action[] = ['delete', 'replace', 'forget', 'update', 'create', 'read', 'no-op'];
const words: Readonly<Record<Action, string>> = {
  delete: 'delete',
  replace: 'replace',
  forget: 'forget',
  update: 'update',
  create: 'create',
  read: 'read',
  'no-op': 'no change',
};

/** Markdown of at most `limit` characters; whole resources are left out at the end, and their number is said. */
export function planMarkdown(report: PlanReport, limit: number, redactor: Pick<Redactor, 'redact'>): string {
  const changes = [...report.document.changes].sort(
    (a, b) => order.indexOf(a.action) - order.indexOf(b.action) || (a.address < b.address ? -1 : 1),
  );
  const head = redactor.redact(headOf(report));
  const reserve = 200;
  const blocks: string[] = [];
  let left = limit - head.length - reserve;
  for (const change of changes) {
    const block = fitting(change, left, redactor);
    if (block === null) break;
    blocks.push(block);
    left -= block.length;
  }
  const missing = changes.length - blocks.length;
  const rest =
    missing === 0
      ? ''
      : `\n_${missing} more are not shown here: see the job summary or the log of the run._\n`;
  return `${head}${blocks.join('')}${rest}`;
}

function headOf({
  environment,
  directory,
  workspace,
  tool,
  fileDigest,
  document,
  runUrl,
}: PlanReport): string {
  const { add, change, destroy } = document.counts;
  const outputs = document.outputs.slice(0, 20).map(code).join(', ');
  const rows = [
    ['To add', 'To change', 'To destroy', 'Outputs that change'],
    [String(add), String(change), String(destroy), outputs === '' ? 'none' : outputs],
  ] as const;
  const nothing = document.changes.length === 0 && document.outputs.length === 0;
  return [
    heading(3, `Plan for ${environment}: ${directory}, workspace ${workspace}`),
    nothing ? 'Nothing changes.\n\n' : '',
    table(rows[0], [rows[1]]),
    `${escapeMarkdown(tool)}, plan file ${code(fileDigest)}, [run](${runUrl})\n\n`,
  ].join('');
}

/** The block of a change, its attributes left out when only its title fits; null when nothing does. */
function fitting(change: Change, left: number, redactor: Pick<Redactor, 'redact'>): string | null {
  const title = titleOf(change);
  const candidates = [details(title, bodyOf(change)), `- ${escapeMarkdown(title)}\n\n`].map((text) =>
    redactor.redact(text),
  );
  return candidates.find((text) => text.length <= left) ?? null;
}

function titleOf({ address, action, movedFrom, imported }: Change): string {
  const notes = [movedFrom === null ? [] : [`moved from ${movedFrom}`], imported ? ['imported'] : []].flat();
  return `${words[action]}: ${address}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

function bodyOf({ attributes, more }: Change): string {
  const rows = attributes.map(({ name, before, after }) => [code(name), cell(before), cell(after)]);
  const rest = more === 0 ? '' : `${more} more attributes are not shown.\n`;
  return `${rows.length === 0 ? 'No attribute changes.\n' : table(['Attribute', 'Before', 'After'], rows)}${rest}`;
}

function cell(text: string): string {
  return text === '' ? '' : code(text);
}
