// The graph as a mermaid flowchart, in the limits of what GitHub draws.
import type { StageGraph } from './stage-graph.js';
import { shownName } from './stage-order.js';

/** GitHub refuses a chart of more than 500 edges or 50,000 characters. */
const mostEdges = 400;
const longestChart = 45_000;
const longestLabel = 120;

/** Any text as a label: what is no plain character becomes its number, so that nothing ends label, line or chart. */
function label(text: string): string {
  const cut = text.length > longestLabel ? `${text.slice(0, longestLabel)}…` : text;
  return `"${cut.replace(/[^A-Za-z0-9 ._:/@+-]/gu, (character) => `#${character.codePointAt(0) ?? 63};`)}"`;
}

/** The chart's text, without a Markdown fence. */
export function stageChart(graph: StageGraph): string {
  const whole = draw(graph, () => true);
  // Too large: what the target does not need goes first, then what does not fit.
  const chosen = fits(whole) ? whole : draw(graph, (index) => graph.stages[index]?.reachable === true);
  const lines = ['flowchart LR'];
  let length = 0;
  let edges = 0;
  for (const { text, edge } of chosen) {
    length += text.length + 3;
    edges += edge ? 1 : 0;
    if (length > longestChart || edges > mostEdges) {
      lines.push('  cut(["… the rest is left out"])');
      break;
    }
    lines.push(`  ${text}`);
  }
  lines.push('  classDef target stroke-width:3px');
  lines.push('  classDef unneeded stroke-dasharray:4 4,opacity:0.6');
  return lines.join('\n');
}

interface ChartLine {
  readonly text: string;
  readonly edge: boolean;
}

const fits = (lines: readonly ChartLine[]): boolean =>
  lines.filter(({ edge }) => edge).length <= mostEdges &&
  lines.reduce((sum, { text }) => sum + text.length + 3, 0) <= longestChart;

function draw({ stages, targetIndex }: StageGraph, shows: (index: number) => boolean): readonly ChartLine[] {
  const images = new Map<string, number>();
  const lines: ChartLine[] = [];
  for (const stage of stages) {
    if (!shows(stage.index)) continue;
    const style = stage.index === targetIndex ? ':::target' : stage.reachable ? '' : ':::unneeded';
    lines.push({
      text: `s${stage.index}[${label(`${shownName(stage)} : ${stage.line}`)}]${style}`,
      edge: false,
    });
    for (const { image } of stage.dependsOn) {
      if (image === null || images.has(image)) continue;
      lines.push({ text: `i${images.size}([${label(image)}])`, edge: false });
      images.set(image, images.size);
    }
  }
  for (const stage of stages) {
    if (!shows(stage.index)) continue;
    const drawn = new Set(
      stage.dependsOn.map(({ stage: needed, image, via }) => {
        const source = needed === null ? `i${images.get(image ?? '') ?? 0}` : `s${needed}`;
        return `${source} -->|${via}| s${stage.index}`;
      }),
    );
    for (const text of drawn) lines.push({ text, edge: true });
  }
  return lines;
}
