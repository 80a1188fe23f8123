// The same swaps as others do them, under the same load: new containers beside the old ones, then the old ones stopped
// without a word to the proxy (docker-rollout's way), and an nginx whose upstreams are rewritten and loaded anew.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCommand, getFromDebian } from '../../scripts/setup/services.mjs';
import { runHealthy } from './containers.mjs';
import { tell } from './socket.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {import('./cases.mjs').Row} Row */
/** @typedef {import('./containers.mjs').Container} Container */
/**
 * @typedef {object} Router
 * @property {string} url
 * @property {(containers: readonly Container[]) => Promise<void>} lead to these, all of them
 * @property {() => void} close
 */

/**
 * Two containers replaced again and again. Between the new list and the stop of the old ones lies nothing but the new list.
 * @param {Place} place
 * @param {string} name
 * @param {{ rate: number, rounds: number }} size
 * @param {Router} router
 * @param {(former: readonly Container[], fresh: readonly Container[]) => Promise<void>} swap
 * @returns {Promise<Row>}
 */
async function roundsOf(place, name, { rate, rounds }, router, swap) {
  let former = [await runHealthy(place, 'first'), await runHealthy(place, 'first')];
  try {
    await router.lead(former);
    const load = await place.customers.startLoad(router.url, rate);
    for (let round = 0; round < rounds; round += 1) {
      const fresh = [await runHealthy(place, String(round)), await runHealthy(place, String(round))];
      await swap(former, fresh);
      for (const container of former) container.remove();
      former = fresh;
    }
    const { requests, failed, reasons } = await load.stop();
    const note = Object.entries(reasons)
      .sort(([, one], [, other]) => other - one)
      .slice(0, 3)
      .map(([reason, count]) => `${count} × ${reason}`)
      .join('; ');
    return { name, swaps: rounds * 2, requests, failed, note, ok: null };
  } finally {
    place.customers.killLoads();
    for (const container of former) container.remove();
    router.close();
  }
}

/**
 * New containers are led to as soon as they are healthy, as a proxy that watches Docker does; old ones are found to be gone by
 * the proxy's own checks and retries.
 * @param {Place} place @param {{ rate: number, rounds: number }} size
 */
export async function stopWithoutDrain(place, size) {
  const host = await place.host.startHost('headgate-bench-baseline', 6);
  let next = 0;
  const lead = async (/** @type {readonly Container[]} */ containers) => {
    for (const { port } of containers) {
      next = (next % 6) + 1;
      const slot = `web/slot${next}`;
      await tell(
        host.proxySocket,
        `set server ${slot} addr 127.0.0.1 port ${port};set server ${slot} state ready`,
      );
    }
  };
  const free = async (/** @type {readonly Container[]} */ containers) => {
    const rows = (await tell(host.proxySocket, 'show servers state web')).split('\n').slice(2);
    for (const row of rows) {
      const cells = row.split(' ');
      if (containers.some(({ port }) => String(port) === cells[18]))
        await tell(host.proxySocket, `set server web/${cells[3]} state maint`);
    }
  };
  const router = { url: host.url, lead, close: () => host.close() };
  return roundsOf(place, 'docker-rollout’s way: stop without drain', size, router, async (former, fresh) => {
    await lead(fresh);
    await Promise.all(former.map((container) => container.stop()));
    await free(former);
  });
}

/** @param {Place} place @param {{ rate: number, rounds: number }} size @returns {Promise<Row | string>} why there is none */
export async function nginxReload(place, size) {
  const command = { names: ['nginx'], args: ['-v'], minimum: '1.14', folder: 'nginx' };
  let program = '';
  try {
    const found = (await findCommand(command)) ?? (await getFromDebian(command, 'nginx'));
    program = join(found.path?.[0] ?? '', 'nginx');
  } catch (error) {
    return `nginx could not be unpacked: ${error instanceof Error ? error.message : String(error)}`;
  }
  const router = await startNginx(program, await place.host.freePort());
  return roundsOf(place, 'nginx: upstreams rewritten, reload, stop', size, router, async (former, fresh) => {
    await router.lead(fresh);
    await Promise.all(former.map((container) => container.stop()));
  });
}

/** @param {string} url */
async function answersAt(url) {
  const answer = await fetch(url).catch(() => null);
  await answer?.arrayBuffer();
  return answer !== null;
}

/** @param {string} program @param {number} port @returns {Promise<Router>} */
async function startNginx(program, port) {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-nginx-'));
  const file = join(folder, 'nginx.conf');
  /** @param {readonly Container[]} containers */
  const write = (containers) => {
    const servers = containers.map((each) => `server 127.0.0.1:${each.port};`).join(' ');
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${folder}/${kind};`,
    );
    writeFileSync(
      file,
      `user root; daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off; ${places.join(' ')} keepalive_requests 1000000;
  upstream web { ${servers} keepalive 32; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection ""; } }
}
`,
    );
  };
  write([{ id: '', port: 9, stop: async () => undefined, remove: () => undefined }]);
  const child = spawn(program, ['-c', file, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/`;
  for (let left = 200; left > 0 && !(await answersAt(url)); left -= 1) await sleep(100);
  return {
    url,
    lead: async (containers) => {
      write(containers);
      child.kill('SIGHUP');
      // Long enough for the new workers to be there.
      await sleep(1000);
    },
    close: () => {
      child.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
