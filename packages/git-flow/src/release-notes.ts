// The text of a release: what changed, what ships under which digest, and where it is recorded.
import type { DeliveryRecord } from '@headgate/kit/record';
import { code, escapeMarkdown, link, table } from '@headgate/kit/summary';
import type { MergedChange } from './merged-changes.js';

/** GitHub takes 125,000 characters; a title has at most 256, which escaping may lengthen. */
const mostChanges = 200;

/** The digest of the record is not in it: the tag names it. */
export function releaseNotes(record: DeliveryRecord, changes: readonly MergedChange[]): string {
  return `${changeList(changes)}${images(record)}${machineImages(record)}${source(record)}`;
}

function changeList(changes: readonly MergedChange[]): string {
  if (changes.length === 0) return 'No pull request was merged since the last release.\n\n';
  const shown = changes
    .slice(0, mostChanges)
    .map(
      ({ number, title, author }) =>
        `- ${escapeMarkdown(title)} by ${escapeMarkdown(author)} in #${number}\n`,
    );
  const more = changes.length > mostChanges ? `- and ${changes.length - mostChanges} more\n` : '';
  return `## Changes\n\n${shown.join('')}${more}\n`;
}

function images({ images: parts }: DeliveryRecord): string {
  const rows = parts
    .filter(({ reference }) => reference !== null)
    .map(({ name, reference }) => [escapeMarkdown(name), code(reference ?? '')]);
  return rows.length === 0 ? '' : `## Images\n\n${table(['image', 'reference'], rows)}`;
}

function machineImages({ machineImages: parts }: DeliveryRecord): string {
  const rows = parts.map(({ builder, region, id }) => [
    escapeMarkdown(builder),
    escapeMarkdown(region),
    code(id),
  ]);
  return rows.length === 0 ? '' : `## Machine images\n\n${table(['builder', 'region', 'id'], rows)}`;
}

function source({ flow }: DeliveryRecord): string {
  const run = link(`run ${flow.run.id}`, flow.run.url);
  return `Delivered by ${run} from ${code(flow.commit)}; its record, which the tag names, and what production added to it are attached.\n`;
}
