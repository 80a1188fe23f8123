// The watch over a real HAProxy's counters, while one instance hands over to another.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { childEnvironment } from '@headgate/kit/environment';
import { createHttp } from '@headgate/kit/http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ProxyPart, startProxy } from '../../src/parts/proxy.js';
import { askProxy } from '../../src/parts/proxy-slots.js';
import { sum } from '../../src/parts/traffic-tally.js';
import { type TrafficWatch, watchTraffic } from '../../src/parts/traffic-watch.js';

const hasProxy = spawnSync('haproxy', ['-v'], { timeout: 20_000 }).status === 0;
if (!hasProxy) process.stdout.write('parts/traffic-watch.it.test.ts skipped: haproxy does not answer here\n');

const http = createHttp();
const servers: Server[] = [];
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-traffic-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

async function instance(): Promise<string> {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function admit(socket: string, slot: string, endpoint: string): Promise<void> {
  for (const order of [`addr ${endpoint.replace(':', ' port ')}`, 'state ready'])
    await askProxy(socket, `set server shop/${slot} ${order}`);
}

/** Asks until this many requests of an instance are counted. */
async function ask(proxy: ProxyPart, watch: TrafficWatch, wanted: readonly [string, number]): Promise<void> {
  const [endpoint, count] = wanted;
  while ((sum(watch.traffic().samples).get(endpoint) ?? 0) < count)
    (await http({ url: proxy.urlOf('shop') })).body.resume();
}

describe('the watch over a real proxy', () => {
  (hasProxy ? it : it.skip)(
    'counts each instance’s answers, before and after a swap in one slot',
    async () => {
      const backends = [{ backend: 'shop', slots: 8, healthPath: '/', checkInterval: 500 }];
      const options = { directory: folder, program: 'haproxy', backends, clock: systemClock };
      const proxy = await startProxy({ ...options, env: childEnvironment(process.env) });
      const [former, next] = [await instance(), await instance()];
      await admit(proxy.socket, 'slot1', former);
      const accepts = async (): Promise<boolean> => true;
      const place = {
        places: [{ socket: proxy.socket, backend: 'shop' }],
        environment: 'staging',
        clock: systemClock,
        accepts,
      };
      const watch = watchTraffic(
        { ...place, imageAt: async (endpoint) => `shop@sha256:${endpoint}` },
        () => undefined,
      );
      try {
        await ask(proxy, watch, [former, 20]);
        await askProxy(proxy.socket, 'set server shop/slot1 state maint');
        await admit(proxy.socket, 'slot1', next);
        await ask(proxy, watch, [next, 20]);
        await watch.stop();

        const { samples, images } = watch.traffic();
        expect([...images.keys()]).toEqual([former, next]);
        expect(samples.findIndex(({ answers }) => answers.has(former))).toBeLessThan(
          samples.findLastIndex(({ answers }) => answers.has(next)),
        );
      } finally {
        await watch.stop();
        await proxy.stop();
      }
    },
    30_000,
  );
});
