// Deployments under load on a real engine behind a real HAProxy: what is lost, against the ways of others in the same run, and
// what the action adds to what it waits for.
//   npm run bench:deploy [-- --swaps 50] [-- --requests 100000] [-- --rate 1000] [-- --only TEXT]
//   exit 1 when a goal is missed: 0 failed requests in each case, shares within half a point, at most a second of its own for
//   a swap, memory, size of the bundle
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { withReadyMachine } from '../scripts/setup/session.mjs';
import { nginxReload, stopWithoutDrain } from './deploy/baselines.mjs';
import * as cases from './deploy/cases.mjs';
import { bundleSize, costs, weights } from './deploy/figures.mjs';
import { prepare } from './deploy/place.mjs';

const { values } = parseArgs({
  options: {
    swaps: { type: 'string', default: '50' },
    requests: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
  },
});
const [swaps, requests, rate] = [values.swaps, values.requests, values.rate].map(Number);
if (!(swaps >= 1 && requests >= 1 && rate >= 1)) {
  console.error('--swaps, --requests and --rate take numbers from 1');
  process.exit(1);
}

const mark = (/** @type {boolean | null} */ ok) => (ok === null ? '' : ok ? 'held' : 'MISSED');
/** @param {readonly unknown[]} cells @param {readonly number[]} widths */
const line = (cells, widths) => {
  const texts = cells.map((cell, at) => {
    const width = widths[at] ?? 0;
    return width < 0 ? String(cell).padStart(-width) : String(cell).padEnd(width);
  });
  console.log(texts.join('  ').trimEnd());
};
const rowWidths = [44, -6, -9, -8, 7];
const figureWidths = [52, -10, 11];

/** @param {cases.Row} row */
function showRow({ name, swaps: count, requests: asked, failed, note, ok }) {
  line([name, count, asked.toLocaleString('en'), failed.toLocaleString('en'), mark(ok), note], rowWidths);
  return ok !== false;
}

/** @param {import('./deploy/figures.mjs').Figure} figure */
function showFigure({ name, value, limit, ok }) {
  line([name, value, limit, mark(ok)], figureWidths);
  return ok !== false;
}

/** @typedef {import('./deploy/place.mjs').Place} Place */
/** @type {readonly (readonly [string, (place: Place) => Promise<cases.Row | string>])[]} */
const rows = [
  ['swaps', (place) => cases.manySwaps(place, { swaps, requests, rate })],
  ['sigterm', (place) => cases.diesAtOnce(place, rate)],
  ['slow', (place) => cases.slowRequests(place, rate)],
  ['websocket', (place) => cases.openWebSocket(place, rate)],
  ['never-healthy', (place) => cases.neverHealthy(place, rate)],
  ['fails', (place) => cases.failsInTraffic(place, rate)],
  ['errors', (place) => cases.answersWithErrors(place, rate)],
  ['engine', (place) => cases.engineRestarts(place, rate)],
  ['reload', (place) => cases.proxyReloads(place, rate)],
  ['baseline-stop', (place) => stopWithoutDrain(place, { rate, rounds: 5 })],
  ['baseline-nginx', (place) => nginxReload(place, { rate, rounds: 5 })],
];
/** @type {readonly (readonly [string, (place: Place) => Promise<readonly import('./deploy/figures.mjs').Figure[]>])[]} */
const figures = [
  ['weights', (place) => weights(place)],
  ['costs', (place) => costs(place, 3)],
  ['bundle', async () => [bundleSize()]],
];

const held = await withReadyMachine(async ({ childEnv }) => {
  const place = await prepare(childEnv);
  /** @type {boolean[]} */
  const all = [];
  const wanted = (/** @type {string} */ name) => name.includes(values.only);
  try {
    console.log(
      `${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)}, ${rate} requests/s offered by keep-alive clients\n`,
    );
    line(['under load', 'swaps', 'requests', 'failed', '', ''], rowWidths);
    for (const [name, run] of rows) {
      if (!wanted(name)) continue;
      const row = await run(place);
      if (typeof row === 'string') console.log(`skipped: ${row}`);
      else all.push(showRow(row));
    }
    console.log('');
    for (const [name, run] of figures) {
      if (!wanted(name)) continue;
      for (const figure of await run(place)) all.push(showFigure(figure));
    }
  } finally {
    place.close();
  }
  return !all.includes(false);
});
console.log(held ? '\nevery goal is held' : '\na goal was missed');
process.exit(held ? 0 : 1);
