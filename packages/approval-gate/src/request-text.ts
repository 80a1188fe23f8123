// The request as people read it: what is approved, who may approve, until when, and the line to copy.
import { code, codeBlock, counted, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';
import type { Content } from './content.js';
import { markerLine, type RequestMarker } from './marker.js';
import { type Group, key } from './policy.js';
import { exclusionText } from './release.js';
import { digitsOf } from './verdict.js';

export interface RequestParts {
  readonly marker: RequestMarker;
  readonly content: Content;
  readonly groups: readonly Group[];
  readonly excluded: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
  readonly runUrl: string;
}

/** A comment has 65,536 characters at most; these bounds leave room for every part at its longest. */
const mostRows = 30;
const mostNotices = 30;
const longestNotice = 400;
const longestValue = 200;

/** The whole comment, its marker first. Everything that was not written by us is escaped. */
export function requestText(parts: RequestParts): string {
  const { marker, content, notices, groups, excluded } = parts;
  const title = [content.application, content.version].filter((text) => text !== '').join(' ');
  return [
    `${markerLine({ kind: 'request', request: marker })}\n`,
    heading(2, `Approval for ${content.environment}${title === '' ? '' : `: ${short(title)}`}`),
    table(['what', ''], factRows(parts)),
    imageTable(content),
    machineImageTable(content),
    planTable(content),
    noticeList(notices),
    heading(3, 'Who may approve'),
    table(['group', 'approvals needed', 'may approve', 'may not approve'], groupRows(groups, excluded)),
    `Anybody in these groups may object, and one objection is enough.\n\n`,
    howTo(marker),
  ].join('');
}

/** `- approve:` and `- reject:` lines with exactly what to write. */
export function lines(subject: string): string {
  const digits = digitsOf(subject);
  return `To approve:\n\n${codeBlock(`/approve ${digits}`)}\nTo object:\n\n${codeBlock(`/reject ${digits} the reason`)}`;
}

function howTo({ subject }: RequestMarker): string {
  return `Write a new comment that begins with one of these lines. Edited comments, quotes and code do not count.\n\n${lines(subject)}`;
}

function factRows({ marker, content, runUrl }: RequestParts): readonly (readonly string[])[] {
  const { subject, version, commit } = content;
  return [
    ['subject', code(digitsOf(subject))],
    ['version', version === '' ? 'none' : code(short(version))],
    ['commit', code(commit.slice(0, 12))],
    ['approve until', `${marker.deadline.slice(0, 16).replace('T', ' ')} UTC`],
    ['run', link(`run ${marker.run}`, runUrl)],
  ];
}

function imageTable({ images }: Content): string {
  const rows = images.map(({ name, digest }) => [code(short(name)), code(short(digest))]);
  return section('Images', ['image', 'digest'], rows);
}

function machineImageTable({ machineImages }: Content): string {
  const rows = machineImages.map(({ builder, region, id }) => [
    code(short(builder)),
    region === '' ? '' : code(short(region)),
    code(short(id)),
  ]);
  return section('Machine images', ['builder', 'region', 'id'], rows);
}

function planTable({ plans }: Content): string {
  const rows = plans.map((plan) => [
    code(short(plan.directory)),
    code(short(plan.workspace)),
    ...[plan.add, plan.change, plan.destroy].map(String),
  ]);
  return section('Infrastructure', ['directory', 'workspace', 'added', 'changed', 'destroyed'], rows);
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const rest = rows.length - mostRows;
  const more = rest > 0 ? `and ${counted(rest, 'more row')}, in the record\n\n` : '';
  return `${heading(3, title)}${table(head, rows.slice(0, mostRows))}${more}`;
}

function noticeList(notices: readonly string[]): string {
  if (notices.length === 0) return '';
  const shown = notices
    .slice(0, mostNotices)
    .map((notice) => `- ${escapeMarkdown(notice.slice(0, longestNotice))}\n`);
  const rest = notices.length - mostNotices;
  return `${heading(3, 'To be known')}${shown.join('')}${rest > 0 ? `- and ${rest} more\n` : ''}\n`;
}

/** People who are asked are mentioned, so that GitHub tells them; a login has no character that means anything else. */
export function groupRows(
  groups: readonly Group[],
  excluded: ReadonlyMap<string, string>,
): readonly (readonly string[])[] {
  return groups.map(({ name, members, quorum }) => [
    escapeMarkdown(name),
    String(quorum),
    people(members.filter((login) => !excluded.has(key(login))).map((login) => `@${login}`)),
    exclusionText(excluded, members.slice(0, mostRows)),
  ]);
}

function people(mentions: readonly string[]): string {
  const rest = mentions.length - mostRows;
  return mentions.slice(0, mostRows).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function short(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
