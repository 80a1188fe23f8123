// The instances of a deployment as lines of the log while it goes on: who serves, how much, and how well; pure.
import type { TrafficRow } from './traffic-book.js';
import { percentText, shareOf, shownOf } from './traffic-picture.js';

const columns = ['instance', 'version', 'traffic', 'answers', 'errors', 'health'];
/** Figures stand at the right. */
const figures = new Set([2, 3, 4]);
const longest = 60;

/** A heading with the new version's share, then a line for each instance, aligned. */
export function liveTable(rows: readonly TrafficRow[]): readonly string[] {
  const share = shareOf(rows);
  const head = share === null ? 'nothing serves' : `${percentText(share)} to the new version`;
  const shown = shownOf(rows);
  if (shown.length === 0) return [`traffic: ${head}`];
  const all = rows.reduce((total, { weight }) => total + weight, 0);
  const cells = shown.map(({ name, isFresh, weight, running, responses, errors, health }) => [
    plain(name),
    isFresh ? 'new' : 'former',
    weight > 0 ? percentText((100 * weight) / all) : running ? 'none' : 'stopped',
    String(responses),
    String(errors),
    plain(health),
  ]);
  return [`traffic: ${head}`, ...aligned([columns, ...cells])];
}

function aligned(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines.map((line) => {
    const padded = line.map((cell, at) => {
      const width = widths[at] ?? 0;
      return figures.has(at) ? cell.padStart(width) : cell.padEnd(width);
    });
    return `  ${padded.join('  ')}`.trimEnd();
  });
}

/** One line, and none that a runner would take for a command: `::` at its begin, `##[` anywhere. */
function plain(text: string): string {
  return text
    .replace(/\p{C}+/gu, ' ')
    .replaceAll('::', ': :')
    .replaceAll('##[', '# #[')
    .slice(0, longest);
}
