// Whose instances answered while they were swapped: shares over time as an area chart, drawn without a script.
import type { TrafficReport } from '../parts/traffic-tally.js';
import { sum } from '../parts/traffic-tally.js';
import { duration, number } from '../view/text.js';
import { dataTable, digestCode, type Html, html, nothing } from './html.js';

const width = 800;
const height = 200;
/** Columns of the chart; more samples than that are joined. */
const mostColumns = 200;
/** Colours of the style sheet: `tone0` … `tone5`. */
const tones = 6;

/** One instance's share of each column, stacked on those before it. */
export interface Band {
  /** Where it is. */
  readonly endpoint: string;
  /** Image digest, '' when the engine was not asked in time. */
  readonly digest: string;
  /** Lower and upper edge, 0 to 1, by column. */
  readonly edges: readonly (readonly [number, number])[];
  /** Requests answered in all. */
  readonly answers: number;
}

export interface Chart {
  readonly bands: readonly Band[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Null when there is nothing to draw: fewer than two moments with traffic. */
export function chartOf({ samples, images }: TrafficReport): Chart | null {
  const first = samples.findIndex(({ answers }) => answers.size > 0);
  const last = samples.findLastIndex(({ answers }) => answers.size > 0);
  const used = first < 0 ? [] : samples.slice(first, last + 1);
  const [opening, closing] = [used[0], used.at(-1)];
  if (opening === undefined || closing === undefined || used.length < 2) return null;
  const size = Math.ceil(used.length / mostColumns);
  const columns = Array.from({ length: Math.ceil(used.length / size) }, (_, index) =>
    sum(used.slice(index * size, (index + 1) * size)),
  );
  // In the order of their first answer: the old ones below, the new ones above.
  const endpoints = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const bands = endpoints.map((endpoint, index) => ({
    endpoint,
    digest: images.get(endpoint)?.split('@')[1] ?? '',
    edges: columns.map((column) => edgesOf(column, endpoints.slice(0, index), endpoint)),
    answers: columns.reduce((total, column) => total + (column.get(endpoint) ?? 0), 0),
  }));
  return { bands, fromMs: opening.atMs, untilMs: closing.atMs };
}

function edgesOf(
  column: ReadonlyMap<string, number>,
  below: readonly string[],
  endpoint: string,
): readonly [number, number] {
  const all = [...column.values()].reduce((total, count) => total + count, 0);
  if (all === 0) return [0, 0];
  const from = below.reduce((total, each) => total + (column.get(each) ?? 0), 0) / all;
  return [from, from + (column.get(endpoint) ?? 0) / all];
}

export function traffic(report: TrafficReport | null): Html {
  const chart = report === null ? null : chartOf(report);
  if (report === null || chart === null) return nothing;
  const digests = [...new Set(chart.bands.map(({ digest }) => digest))];
  const toneOf = (digest: string): string => `tone${digests.indexOf(digest) % tones}`;
  const areas = chart.bands.map(
    (band) =>
      html`<path class="${toneOf(band.digest)}" d="${pathOf(band)}"><title>${nameOf(band)}</title></path>`,
  );
  const seconds = duration((chart.untilMs - chart.fromMs) / 1_000);
  return html`<p class="soft">Share of requests in ${report.environment} by instance, one colour for each image.</p>
<svg class="shares" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="Shares of the traffic over ${seconds}">${areas}</svg>
<p class="axis"><span>first request</span><span>${seconds} later</span></p>
${legend(chart, toneOf)}`;
}

function legend({ bands }: Chart, toneOf: (digest: string) => string): Html {
  const columns = [{ title: 'instance' }, { title: 'image' }, { title: 'requests answered', right: true }];
  const rows = bands.map((band) => [
    html`<span class="swatch ${toneOf(band.digest)}"></span>${band.endpoint}`,
    band.digest === '' ? '–' : digestCode(band.digest),
    number(band.answers),
  ]);
  return dataTable(columns, rows);
}

function nameOf({ endpoint, digest, answers }: Band): string {
  return `${endpoint}, ${digest === '' ? 'unknown image' : digest}, ${number(answers)} requests`;
}

/** Along the upper edge to the right, back along the lower one; steps, because a column is a stretch of time. */
function pathOf({ edges }: Band): string {
  const x = (index: number): string => ((index * width) / edges.length).toFixed(1);
  const y = (share: number): string => (height - share * height).toFixed(1);
  const upper = edges.flatMap(([, top], index) => [`${x(index)},${y(top)}`, `${x(index + 1)},${y(top)}`]);
  const lower = edges.flatMap(([bottom], index) => [
    `${x(index)},${y(bottom)}`,
    `${x(index + 1)},${y(bottom)}`,
  ]);
  return `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
}
