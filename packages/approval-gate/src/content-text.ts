// Tables of what is to be approved: images, machine images, plans and what should be known.
import { code, counted, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import type { Content } from './content.js';

const longestNotice = 400;
const longestValue = 200;

/** All lists, each with at most `most` rows; what is left out is counted. */
export function contentText(content: Content, notices: readonly string[], most: number): string {
  return [
    list(
      'Images',
      ['image', 'digest'],
      rowsOf(content.images, ({ name, digest }) => [name, digest]),
      most,
    ),
    list(
      'Machine images',
      ['builder', 'region', 'id'],
      rowsOf(content.machineImages, ({ builder, region, id }) => [builder, region, id]),
      most,
    ),
    list(
      'Infrastructure',
      ['directory', 'workspace', 'added', 'changed', 'destroyed'],
      rowsOf(content.plans, ({ directory, workspace, add, change, destroy }) => [
        directory,
        workspace,
        ...[add, change, destroy].map(String),
      ]),
      most,
    ),
    noticeList(notices, most),
  ].join('');
}

/** A value that is longer than anybody reads is cut. */
export function short(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

type Rows = readonly (readonly string[])[];

function rowsOf<T>(items: readonly T[], cells: (item: T) => readonly string[]): Rows {
  return items.map((item) => cells(item).map((cell) => (cell === '' ? '' : code(short(cell)))));
}

function list(title: string, head: readonly string[], rows: Rows, most: number): string {
  if (rows.length === 0) return '';
  const rest = rows.length - most;
  const more = rest > 0 ? `and ${counted(rest, 'more row')}, in the record\n\n` : '';
  return `${heading(3, title)}${table(head, rows.slice(0, most))}${more}`;
}

function noticeList(notices: readonly string[], most: number): string {
  if (notices.length === 0) return '';
  const shown = notices
    .slice(0, most)
    .map((notice) => `- ${escapeMarkdown(notice.slice(0, longestNotice))}\n`);
  const rest = notices.length - most;
  return `${heading(3, 'To be known')}${shown.join('')}${rest > 0 ? `- and ${rest} more\n` : ''}\n`;
}
