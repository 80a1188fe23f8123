// The watch over a proxy's counters, against a socket that answers as HAProxy does.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sum } from '../../src/parts/traffic-tally.js';
import { watchTraffic } from '../../src/parts/traffic-watch.js';

const state = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port
3 shop 1 slot1 127.0.0.1 2 0 1 4001
3 shop 2 slot2 127.0.0.1 2 1 1 9
`;

let folder = '';
let server: Server | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traffic-'));
});
afterEach(async () => {
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Ten answers more at each look at the counters; `looks` tells how many there were. */
async function proxy(): Promise<{ readonly socket: string; readonly looks: () => number }> {
  let looks = 0;
  server = createServer((socket) => {
    socket.once('data', (data) => {
      if (String(data).startsWith('show servers')) return socket.end(state);
      looks += 1;
      return socket.end(`# pxname,svname,hrsp_2xx,\nshop,slot1,${looks * 10},\nshop,slot2,0,\n`);
    });
  }).listen(join(folder, 'proxy.sock'));
  await once(server, 'listening');
  return { socket: join(folder, 'proxy.sock'), looks: () => looks };
}
const clock = { ...systemClock, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
const accepts = async (): Promise<boolean> => true;

describe('a watch over the traffic', () => {
  it('counts who answered, and asks once for the image of an instance in traffic', async () => {
    const { socket, looks } = await proxy();
    const asked: string[] = [];
    const imageAt = async (endpoint: string): Promise<string> => {
      asked.push(endpoint);
      return `host/shop@sha256:a`;
    };
    const place = { places: [{ socket, backend: 'shop' }], environment: 'staging', clock, accepts };

    const watch = watchTraffic({ ...place, imageAt }, () => undefined);
    while (looks() < 6) await new Promise((resolve) => setImmediate(resolve));
    await watch.stop();

    const { environment, samples, images } = watch.traffic();
    expect(environment).toBe('staging');
    expect(sum(samples).get('127.0.0.1:4001')).toBe((looks() - 1) * 10);
    expect([...images]).toEqual([['127.0.0.1:4001', 'host/shop@sha256:a']]);
    expect(asked).toEqual(['127.0.0.1:4001']);
  });

  it('tells two hosts apart, whose slots have the same names', async () => {
    const first = await proxy();
    const other = state.replaceAll('4001', '4002');
    let looks = 0;
    const second = createServer((socket) => {
      socket.once('data', (data) => {
        if (String(data).startsWith('show servers')) return socket.end(other);
        looks += 1;
        return socket.end(`# pxname,svname,hrsp_2xx,\nshop,slot1,${looks * 3},\n`);
      });
    }).listen(join(folder, 'second.sock'));
    await once(second, 'listening');
    const places = [first.socket, join(folder, 'second.sock')].map((socket) => ({ socket, backend: 'shop' }));
    const imageAt = async (endpoint: string): Promise<string> => `image-${endpoint}`;

    const watch = watchTraffic(
      { places, environment: 'production', clock, accepts, imageAt },
      () => undefined,
    );
    while (looks < 6) await new Promise((resolve) => setImmediate(resolve));
    await watch.stop();
    second.close();

    const { samples, images } = watch.traffic();
    expect(sum(samples).get('127.0.0.1:4001')).toBe((first.looks() - 1) * 10);
    expect(sum(samples).get('127.0.0.1:4002')).toBe((looks - 1) * 3);
    expect([...images.keys()]).toEqual(['127.0.0.1:4001', '127.0.0.1:4002']);
  });

  it('goes on without a name when the engine does not know the instance yet', async () => {
    const { socket, looks } = await proxy();
    const names = [null, null, 'host/shop@sha256:a'];
    const imageAt = async (): Promise<string | null> => names.shift() ?? null;
    const place = { places: [{ socket, backend: 'shop' }], environment: 'staging', clock, accepts };

    const watch = watchTraffic({ ...place, imageAt }, () => undefined);
    while (looks() < 6) await new Promise((resolve) => setImmediate(resolve));
    await watch.stop();

    expect([...watch.traffic().images.values()]).toEqual(['host/shop@sha256:a']);
  });

  it('says with the slots’ watch when the proxy could not be watched', async () => {
    const places = [{ socket: join(folder, 'nobody.sock'), backend: 'shop' }];
    const place = { places, environment: 'staging', accepts };

    const watch = watchTraffic({ ...place, clock, imageAt: async () => null }, () => undefined);

    await expect(watch.stop()).rejects.toMatchObject({ code: 'part-refused' });
    expect(watch.traffic().samples).toEqual([]);
  });
});
