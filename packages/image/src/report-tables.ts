// The tables that a job summary and a comment share; everything from the image is escaped and of bounded length.
import { formatBytes } from '@headgate/kit/quantities';
import { code, details, escapeMarkdown, table } from '@headgate/kit/summary';
import type { ImageReport, ReportedPlatform } from './image-report.js';
import { changeText } from './size-text.js';
import type { Reason, Verdict } from './verdict.js';

const verdicts: Readonly<Record<Verdict, string>> = {
  pass: 'The image passes.',
  warn: 'The image passes, with warnings.',
  fail: 'The image fails: nothing is published.',
};

const longestText = 300;

/** Text from outside on one line, cut where it is long. */
export function clipped(text: string): string {
  const characters = text.length > longestText * 2 ? text.slice(0, longestText * 2) : text;
  const shown = [...characters].slice(0, longestText).join('');
  return shown.length < text.length ? `${shown}…` : text;
}

export function verdictLine({ verdict }: ImageReport): string {
  return `**${verdicts[verdict]}**\n\n`;
}

/** Up to `most` reasons, and how many more there are. */
export function reasonTable(report: ImageReport, most: number): string {
  const { reasons, dockerfile, platforms } = report;
  if (reasons.length === 0) return '';
  const several = platforms.length > 1;
  const head = ['', 'Reason', 'Dockerfile', ...(several ? ['Platform'] : [])];
  const rows = reasons
    .slice(0, most)
    .map((reason) => [
      reason.level === 'fail' ? 'fails' : 'warns',
      escapeMarkdown(clipped(reason.text)),
      placeOf(reason, dockerfile),
      escapeMarkdown(reason.platform),
    ]);
  const left = reasons.length - rows.length;
  return `${table(
    head,
    rows.map((row) => row.slice(0, head.length)),
  )}${left > 0 ? `… and ${left} more.\n\n` : ''}`;
}

function placeOf({ line }: Reason, dockerfile: string | null): string {
  return line === null ? '' : code(`${clipped(dockerfile ?? 'Dockerfile')}:${line}`);
}

export function sizeTable({ platforms }: ImageReport): string {
  return table(
    ['Platform', 'Compressed (pulled)', 'Uncompressed (on disk)', 'Layers'],
    platforms.map(({ platform, compressed, uncompressed, layers }) => [
      code(clipped(platform)),
      formatBytes(compressed),
      formatBytes(uncompressed),
      String(layers.length),
    ]),
  );
}

export function budgetTable({ platforms }: ImageReport): string {
  const rows = platforms.flatMap(({ budgets }) =>
    budgets.map(({ budget, platform, outcome, text }) => [
      budget,
      code(clipped(platform)),
      outcome,
      escapeMarkdown(clipped(text)),
    ]),
  );
  return rows.length === 0 ? '' : table(['Budget', 'Platform', 'Result', ''], rows);
}

export function largestTables({ largestLayers, largestFiles, platform, layers }: ReportedPlatform): string {
  const layerRows = largestLayers.map(({ createdBy, line, compressed, uncompressed }) => [
    formatBytes(compressed),
    uncompressed === null ? '' : formatBytes(uncompressed),
    line === null ? '' : String(line),
    code(clipped(createdBy)),
  ]);
  const fileRows = largestFiles.map(({ path, bytes, layerIndex }) => [
    formatBytes(bytes),
    code(clipped(path)),
    String(layers[layerIndex]?.line ?? ''),
  ]);
  const body = [
    layerRows.length === 0 ? '' : table(['Compressed', 'Uncompressed', 'Line', 'Layer'], layerRows),
    fileRows.length === 0 ? '' : table(['Bytes', 'File', 'Line'], fileRows),
  ].join('');
  return body === '' ? '' : details(`Largest layers and files of ${clipped(platform)}`, body);
}

export function growthTables({ growth, platform }: ReportedPlatform): string {
  if (growth === null) return '';
  const layerRows = growth.layers.map(({ change, grown, line, createdBy }) => [
    change,
    changeText(grown),
    line === null ? '' : String(line),
    code(clipped(createdBy)),
  ]);
  const fileRows = (growth.files ?? []).map(({ path, before, now }) => [
    changeText(now - before),
    code(clipped(path)),
  ]);
  const body = [
    layerRows.length === 0 ? '' : table(['', 'Change', 'Line', 'Layer'], layerRows),
    fileRows.length === 0 ? '' : table(['Change', 'File'], fileRows),
    growth.files === null ? 'The files of the baseline are not known.\n' : '',
  ].join('');
  return layerRows.length + fileRows.length === 0 ? '' : details(`What grew in ${clipped(platform)}`, body);
}
