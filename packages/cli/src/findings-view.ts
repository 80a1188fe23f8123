// What an image ships without needing it, for people: the gravest first, one row each.
import type { InspectReport, ReportedFinding } from '@headgate/image/inspect-report';
import { formatBytes } from '@headgate/kit/quantities';
import { clean, cut, table } from '@headgate/rehearsal/view/text';

const columns = [
  { title: 'level', align: 'left' },
  { title: 'class', align: 'left' },
  { title: 'path', align: 'left' },
  { title: 'bytes', align: 'right' },
  { title: 'line', align: 'right' },
  { title: '', align: 'left' },
] as const;
const widestPath = 60;
const mostFindings = 30;

/** Pure; several platforms mostly find the same, so each finding stands once. */
export function findingLines({ findings, platforms }: InspectReport): readonly string[] {
  const once = new Map<string, ReportedFinding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.class, finding.path, finding.level, finding.hidden]);
    once.set(key, [...(once.get(key) ?? []), finding]);
  }
  const rows = [...once.values()].map((same) => rowOf(same, platforms.length));
  if (rows.length === 0) return ['', 'Nothing was found that need not ship.'];
  const more = rows.length > mostFindings ? [`… and ${rows.length - mostFindings} more, see --json`] : [];
  const title = rows.length === 1 ? 'One finding:' : `${rows.length} findings:`;
  return ['', title, '', ...table(columns, rows.slice(0, mostFindings)), ...more];
}

function rowOf(same: readonly ReportedFinding[], platforms: number): readonly string[] {
  const [finding] = same;
  if (finding === undefined) return [];
  const { class: policyClass, level, path, what, bytes, line, hidden, base } = finding;
  const notes = [
    clean(what),
    ...(hidden ? ['hidden by a later layer, and shipped'] : []),
    ...(base ? ['of the base image'] : []),
    ...(same.length < platforms ? [`only ${same.map(({ platform }) => clean(platform)).join(', ')}`] : []),
  ];
  return [
    level,
    policyClass,
    cut(clean(path), widestPath),
    bytes === 0 ? '' : formatBytes(bytes),
    line === null ? '' : String(line),
    notes.join('; '),
  ];
}
