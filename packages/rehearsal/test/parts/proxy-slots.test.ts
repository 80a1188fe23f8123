// What an observer reads out of HAProxy's slots, and when it speaks up.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Accepts } from '../../src/parts/connection.js';
import { leavers, readSlots, type SlotState, type Slots, watchSlots } from '../../src/parts/proxy-slots.js';

const header = '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port';
/** Slots 1, 2 … with these administrative bits and ports 4001, 4002 … */
const answer = (...bits: readonly number[]): string =>
  `1\n${header}\n${bits.map((each, index) => `3 shop ${index + 1} slot${index + 1} 127.0.0.1 2 ${each} 1 ${4_001 + index}`).join('\n')}\n\n`;

describe('slots', () => {
  it('are read by their administrative state', () => {
    expect([...readSlots(answer(0, 5, 8, 4, 1)).values()]).toEqual([
      { state: 'in', endpoint: '127.0.0.1:4001' },
      { state: 'out', endpoint: '127.0.0.1:4002' },
      { state: 'draining', endpoint: '127.0.0.1:4003' },
      { state: 'in', endpoint: '127.0.0.1:4004' },
      { state: 'out', endpoint: '127.0.0.1:4005' },
    ]);
  });

  it.each(["Can't find backend.\n", '', '2\n# srv_name\n', '1\n# srv_name srv_port\n'])(
    'refuse %j',
    (text) => {
      expect(() => readSlots(text)).toThrow(expect.objectContaining({ code: 'part-refused' }));
    },
  );

  it.each<[SlotState, SlotState, boolean]>([
    ['out', 'in', false],
    ['in', 'in', false],
    ['in', 'draining', true],
    ['in', 'out', true],
    ['draining', 'draining', false],
    ['draining', 'out', false],
    ['out', 'draining', false],
  ])('from %s to %s: somebody leaves is %s', (before, after, left) => {
    const slots = (state: SlotState): Slots =>
      new Map([
        ['slot1', { state, endpoint: 'one' }],
        ['slot2', { state: 'in', endpoint: 'two' }],
      ]);
    expect(leavers(slots(before), slots(after))).toEqual(left ? ['one'] : []);
  });

  it('an instance that only changed its slot does not leave', () => {
    const one: Slots = new Map([['slot1', { state: 'in', endpoint: 'one' }]]);
    const two: Slots = new Map([
      ['slot1', { state: 'out', endpoint: 'one' }],
      ['slot2', { state: 'in', endpoint: 'one' }],
    ]);

    expect(leavers(one, two)).toEqual([]);
  });
});

describe('a watch', () => {
  let folder = '';
  let server: Server | null = null;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slots-'));
  });
  afterEach(async () => {
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function proxyThatSays(answers: readonly string[]): Promise<{ socket: string; asked: () => number }> {
    let asked = 0;
    server = createServer((socket) => {
      socket.once('data', () => {
        socket.end(answers[Math.min(asked, answers.length - 1)] ?? '');
        asked += 1;
      });
    }).listen(join(folder, 'proxy.sock'));
    await once(server, 'listening');
    return { socket: join(folder, 'proxy.sock'), asked: () => asked };
  }
  const clock = { ...systemClock, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };

  it('tells of an instance that leaves, of its end even after it has left its slot, and of nothing else', async () => {
    const answers = [answer(5, 5), answer(0, 5), answer(0, 0), answer(8, 0), answer(1, 0)];
    const { socket, asked } = await proxyThatSays(answers);
    const at: number[] = [];
    const accepts: Accepts = async (place) => !('port' in place && place.port === 4_001 && asked() >= 7);

    const watch = watchSlots({ socket, backend: 'shop', clock, accepts }, () => at.push(asked()));
    while (asked() < 12) await new Promise((resolve) => setImmediate(resolve));
    await watch.stop();

    expect(at).toEqual([4, 7]);
  });

  it('takes an instance at an address of its own for ended when its slot is empty: nobody answers there any more', async () => {
    const at = (bits: number): string => answer(bits).replace('127.0.0.1', '10.146.0.77');
    const { socket, asked } = await proxyThatSays([at(0), at(8), at(8), at(1)]);
    const told: number[] = [];
    const accepts: Accepts = () => Promise.reject(new Error('asked'));

    const watch = watchSlots({ socket, backend: 'shop', clock, accepts }, () => told.push(asked()));
    while (asked() < 8) await new Promise((resolve) => setImmediate(resolve));
    await watch.stop();

    expect(told).toEqual([2, 4]);
  });

  it('says when the proxy could not be watched', async () => {
    const place = { socket: join(folder, 'nobody.sock'), backend: 'shop', clock: systemClock };
    const watch = watchSlots({ ...place, accepts: async () => false }, () => undefined);

    await expect(watch.stop()).rejects.toMatchObject({ code: 'part-refused' });
  });
});
