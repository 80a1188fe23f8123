// What people see of the evidence: which run, which digests, and what they should look at.
import { code, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';
import type { Shown } from './shown.js';

export function evidenceSummary({ record, url, name, notices }: Shown): string {
  const { application, version, ref } = record.flow;
  const title = heading(2, `${application}: ${version ?? ''} is taken from staging`);
  const source = `${link(name, url)} of ${code(ref)} has shown this very tree; nothing is built again.\n\n`;
  const images = record.images.map(({ name, digest }) => [escapeMarkdown(name), 'image', code(digest)]);
  const machines = record.machineImages.map(({ builder, region, id }) => [
    escapeMarkdown(builder),
    'machine image',
    code(region === '' ? id : `${region} ${id}`),
  ]);
  const warned = notices.map((notice) => `- ${escapeMarkdown(notice)}\n`).join('');
  return `${title}${source}${warned}\n${table(['name', 'kind', 'what'], [...images, ...machines])}`;
}
