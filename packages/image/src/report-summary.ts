// An image report for people: whole in the job summary, short in the comment of a pull request.
import { formatBytes } from '@headgate/kit/quantities';
import { code, counted, details, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import type { ImageReport, ReportedPlatform } from './image-report.js';
import { cures } from './policy-classes.js';
import {
  budgetTable,
  clipped,
  growthTables,
  largestTables,
  reasonTable,
  sizeTable,
  verdictLine,
} from './report-tables.js';

const mostReasons = 100;
const mostFindings = 100;
const mostShortReasons = 10;

/** Markdown for the job summary. */
export function reportSummary(report: ImageReport): string {
  return [
    heading(3, `What ${clipped(report.image)} holds`),
    verdictLine(report),
    `Digest ${code(report.digest)}\n\n`,
    reasonTable(report, mostReasons),
    sizeTable(report),
    budgetTable(report),
    notices(report),
    ...report.platforms.flatMap((platform) => [
      findingTable(platform),
      allowedTable(platform),
      growthTables(platform),
      largestTables(platform),
    ]),
  ].join('');
}

/** Markdown for a comment that `upsertStickyComment` of the kit keeps up to date. */
export function reportComment(report: ImageReport): string {
  return [
    heading(3, `Image ${clipped(report.image)}`),
    verdictLine(report),
    reasonTable(report, mostShortReasons),
    sizeTable(report),
    budgetTable(report),
    notices(report),
    ...report.platforms.map(growthTables),
    `Digest ${code(report.digest)}\n`,
  ].join('');
}

function findingTable({ findings, platform }: ReportedPlatform): string {
  if (findings.length === 0) return '';
  const rows = findings
    .slice(0, mostFindings)
    .map((finding) => [
      finding.level,
      finding.class,
      code(clipped(finding.path === '' ? '/' : finding.path)),
      finding.count > 1 ? String(finding.count) : '',
      finding.bytes > 0 ? formatBytes(finding.bytes) : '',
      [...(finding.hidden ? ['hidden'] : []), ...(finding.base ? ['base'] : [])].join(', '),
      finding.line === null ? '' : String(finding.line),
    ]);
  const left = findings.length - rows.length;
  const classes = [...new Set(findings.map((finding) => finding.class))];
  const body = [
    table(['Level', 'Class', 'Path', 'Files', 'Bytes', '', 'Line'], rows),
    left > 0 ? `… and ${left} more.\n\n` : '',
    ...classes.map((each) => `- ${code(each)}: ${escapeMarkdown(cures[each])}\n`),
  ].join('');
  return details(`${counted(findings.length, 'finding')} of the policy in ${clipped(platform)}`, body);
}

function allowedTable({ allowed, platform }: ReportedPlatform): string {
  if (allowed.length === 0) return '';
  const rows = allowed.map(({ path, reason, count, bytes }) => [
    code(clipped(path)),
    String(count),
    formatBytes(bytes),
    escapeMarkdown(clipped(reason)),
  ]);
  return details(`Allowed in ${clipped(platform)}`, table(['Path', 'Files', 'Bytes', 'Reason'], rows));
}

function notices({ skippedSecrets, limitedLayers, baseline, platforms }: ImageReport): string {
  const unused = new Set(platforms.flatMap(({ unusedAllowances }) => unusedAllowances));
  const used = new Set(platforms.flatMap(({ allowed }) => allowed.map(({ path }) => path)));
  const lines = [
    ...skippedSecrets.map(({ secret, reason }) => `The secret ${secret} is not searched for: ${reason}.`),
    ...limitedLayers.map((digest) => `Not every compressed file of layer ${digest} was looked into.`),
    ...[...unused]
      .filter((path) => !used.has(path))
      .map((path) => `The allow list names ${path}, which is not there.`),
    ...(baseline.missing === null ? [] : [`Not compared with a baseline: ${baseline.missing}.`]),
  ];
  return lines.length === 0
    ? ''
    : `${lines.map((line) => `- ${escapeMarkdown(clipped(line))}\n`).join('')}\n`;
}
