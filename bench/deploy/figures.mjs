// What a deployment costs besides what it waits for, and how exact its shares are.
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../../scripts/workspace/paths.mjs';
import { runHealthy } from './containers.mjs';
import { openHost } from './place.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {{ name: string, value: string, limit: string, ok: boolean | null }} Figure */

const shares = [1, 5, 25, 50];
const shareRequests = 4000;
const mostPoints = 0.5;
const mostOverheadMs = 1000;
const mostMemoryMb = 120;
const mostBundleBytes = 40_000;

/** @param {string} url @param {Agent} agent @returns {Promise<string>} the version that answered */
function ask(url, agent) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? JSON.parse(text).version : ''));
      response.on('error', reject);
    }).on('error', reject);
  });
}

/** Part of so many requests that `version` answered, in percent. @param {string} url @param {string} version */
async function shareOf(url, version) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  let left = shareRequests;
  let fresh = 0;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      if ((await ask(url, agent)) === version) fresh += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  agent.destroy();
  return (100 * fresh) / shareRequests;
}

/** One canary that stands at each share for a while. @param {Place} place @returns {Promise<readonly Figure[]>} */
export async function weights(place) {
  const host = await openHost(place);
  try {
    /** @type {Map<number, number>} */
    const measured = new Map();
    const done = new AbortController();
    let last = Promise.resolve();
    /** @type {Record<string, () => void>} */
    const at = {};
    for (const share of shares) {
      at[`done split ${share} % to`] = () => {
        last = last.then(async () => {
          measured.set(share, await shareOf(host.url, 'new'));
          if (measured.size === shares.length) done.abort();
        });
      };
    }
    const steps = shares.map((share) => `${share}% for 40s`).join(', ');
    const strategy = JSON.stringify({ type: 'canary', steps });
    const { log } = await host.deploy(
      { VERSION: 'new' },
      { inputs: { strategy }, at, cancelled: done.signal },
    );
    await last;
    if (measured.size < shares.length) process.stderr.write(`${log.slice(-3000)}\n`);
    return shares.map((share) => {
      const seen = measured.get(share) ?? Number.NaN;
      return {
        name: `weight ${share} % at ${shareRequests} requests`,
        value: `${seen.toFixed(2)} %`,
        limit: `± ${mostPoints}`,
        ok: Math.abs(seen - share) <= mostPoints,
      };
    });
  } finally {
    host.close();
  }
}

const lowest = (/** @type {readonly number[]} */ values) => Math.min(...values);

/** Swaps by hand and by the action in turn, so that both see the same machine. @param {Place} place @param {number} rounds */
export async function costs(place, rounds) {
  const host = await openHost(place);
  const agent = new Agent({ keepAlive: true });
  /** @type {{ firstMs: number, handFirstMs: number, swapMs: number, handMs: number, memoryMb: number }[]} */
  const seen = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      const container = await runHealthy(place, 'hand');
      const handFirstMs = performance.now() - began;
      await container.stop();
      const handMs = performance.now() - began;
      container.remove();
      const version = `by-action-${round}`;
      const from = performance.now();
      const running = host.deploy({ VERSION: version }, { inputs: { settle: '0s' } });
      while ((await ask(host.url, agent)) !== version)
        await new Promise((resolve) => setTimeout(resolve, 10));
      const firstMs = performance.now() - from;
      const { ms, memoryMb, outcome, log } = await running;
      if (outcome !== 'deployed') throw new Error(log);
      seen.push({ firstMs, handFirstMs, swapMs: ms / 2, handMs, memoryMb });
    }
  } finally {
    agent.destroy();
    host.close();
  }
  /** @param {keyof typeof seen[0]} name */
  const of = (name) => lowest(seen.map((each) => each[name]));
  const overhead = of('swapMs') - of('handMs');
  const memory = Math.max(...seen.map(({ memoryMb }) => memoryMb));
  const ms = (/** @type {number} */ value) => `${Math.round(value)} ms`;
  /** @type {readonly Figure[]} */
  const figures = [
    {
      name: 'first request on a container: docker run + health',
      value: ms(of('handFirstMs')),
      limit: '',
      ok: null,
    },
    { name: 'first request on the new version: the action', value: ms(of('firstMs')), limit: '', ok: null },
    { name: 'a swap by hand: run, health, stop', value: ms(of('handMs')), limit: '', ok: null },
    { name: 'a swap by the action, without settle', value: ms(of('swapMs')), limit: '', ok: null },
    {
      name: '  of that, its own',
      value: ms(overhead),
      limit: `≤ ${mostOverheadMs} ms`,
      ok: overhead <= mostOverheadMs,
    },
    {
      name: 'memory of the process at its peak',
      value: `${memory.toFixed(0)} MB`,
      limit: `≤ ${mostMemoryMb} MB`,
      ok: memory <= mostMemoryMb,
    },
  ];
  return figures;
}

/** What every step loads; chunks that are imported when they are needed do not count. @returns {Figure} */
export function bundleSize() {
  const main = join(root, 'packages/rolling-deploy/dist/index.js');
  const files = new Set([main]);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    for (const [, path] of text.matchAll(/(?:^|[;}])\s*(?:import|export)\b[^;()]*?["'](\.[^"']+)["']/g))
      files.add(join(dirname(file), path ?? ''));
  }
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  return {
    name: 'bundle without lazy parts, compressed',
    value: `${(bytes / 1000).toFixed(1)} kB`,
    limit: `≤ ${mostBundleBytes / 1000} kB`,
    ok: bytes <= mostBundleBytes,
  };
}
