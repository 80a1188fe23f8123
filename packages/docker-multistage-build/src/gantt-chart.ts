// A chart of when the stages ran, in the language of mermaid, which GitHub draws.
import { codeBlock } from '@headgate/kit/summary';
import type { StageReport } from './build-report.js';

/** Mermaid refuses long texts (50,000 characters by default); more bars nobody reads. */
const mostBars = 40;
const longestName = 40;

/** Empty when no stage took time. */
export function ganttChart(stages: readonly StageReport[]): string {
  const bars = stages
    .filter(({ startMs, wallMs }) => startMs !== null && wallMs > 0)
    .slice(0, mostBars)
    .map((stage, index) => bar(stage, index + 1));
  if (bars.length === 0) return '';
  return `${codeBlock(['gantt', '  dateFormat x', '  axisFormat %M:%S', ...bars].join('\n'), 'mermaid')}\n`;
}

/** From its first step to its last: a stage may wait for others in between. */
function bar({ stage, platform, startMs, steps, firstMiss }: StageReport, number: number): string {
  const begin = startMs ?? 0;
  const end = steps.reduce((last, step) => Math.max(last, (step.startMs ?? 0) + step.ms), begin);
  const name = plain([platform, stage ?? 'image'].filter((part) => part !== null).join(' '));
  // A number in front: a stage called `click` or `section` would be a word of mermaid's.
  return `  ${number} ${name} :${firstMiss === null ? 'done, ' : ''}${begin}, ${Math.max(end, begin + 1)}`;
}

/** Mermaid has no escape in names: whatever could be syntax is replaced. */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9._/ -]/g, '_').slice(0, longestName);
}
