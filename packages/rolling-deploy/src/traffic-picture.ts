// Who gets the traffic, in words, as a table and as a picture over time; pure.
import { code, codeBlock, escapeMarkdown, table } from '@headgate/kit/summary';
import type { TrafficPoint, TrafficRow } from './traffic-book.js';

type Weighed = Pick<TrafficRow, 'isFresh' | 'weight'>;

/** 0 to 100 of the requests that go to the wanted version; null while nothing serves. */
export function shareOf(rows: readonly Weighed[]): number | null {
  const sum = (of: readonly Weighed[]): number => of.reduce((total, { weight }) => total + weight, 0);
  const all = sum(rows);
  return all === 0 ? null : (100 * sum(rows.filter(({ isFresh }) => isFresh))) / all;
}

/** Those that serve, served or stand ready; not those that never served and are gone. */
export function shownOf(rows: readonly TrafficRow[]): readonly TrafficRow[] {
  return rows.filter(({ running, responses, weight }) => running || responses > 0 || weight > 0);
}

/** Each instance as it was at the end. */
export function instanceTable(rows: readonly TrafficRow[], redact: (text: string) => string): string {
  const all = rows.reduce((total, { weight }) => total + weight, 0);
  const shown = shownOf(rows);
  if (shown.length === 0) return '';
  const cells = shown.map(({ name, isFresh, weight, running, responses, errors, health }) => [
    code(name),
    isFresh ? 'new' : 'former',
    weight > 0 ? percentText((100 * weight) / all) : running ? 'none' : 'stopped',
    String(responses),
    String(errors),
    escapeMarkdown(redact(health)),
  ]);
  return table(['Instance', 'Version', 'Traffic', 'Answers seen', 'Server errors', 'Health'], cells);
}

const samples = 40;

/** A line chart for mermaid; '' when nothing changed. Source: mermaid, `xychart-beta`, as GitHub draws it. */
export function trafficPicture(points: readonly TrafficPoint[]): string {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return '';
  if (points.every(({ percent }) => percent === first.percent)) return '';
  const seconds = (last.at - first.at) / 1000;
  const values = sampled(points, samples).map((percent) => (percent ?? 0).toFixed(0));
  const lines = [
    'xychart-beta',
    '  title "Requests to the new version"',
    `  x-axis "seconds" 0 --> ${seconds.toFixed(1)}`,
    '  y-axis "percent" 0 --> 100',
    `  line [${values.join(', ')}]`,
  ];
  return codeBlock(lines.join('\n'), 'mermaid');
}

/** What was so at `count` evenly spaced times from the first point to the last, both included. */
export function sampled(points: readonly TrafficPoint[], count: number): readonly (number | null)[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const time = first.at + ((last.at - first.at) * index) / (count - 1);
    while ((points[at + 1]?.at ?? Number.POSITIVE_INFINITY) <= time) at += 1;
    return points[at]?.percent ?? null;
  });
}

export function percentText(percent: number): string {
  return `${Number(percent.toFixed(percent < 10 ? 1 : 0))} %`;
}
