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
      { state: 'in', port: 4_001 },
      { state: 'out', port: 4_002 },
      { state: 'draining', port: 4_003 },
      { state: 'in', port: 4_004 },
      { state: 'out', port: 4_005 },
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
        ['slot1', { state, port: 1 }],
        ['slot2', { state: 'in', port: 2 }],
      ]);
    expect(leavers(slots(before), slots(after))).toEqual(left ? [1] : []);
  });

  it('an instance that only changed its slot does not leave', () => {
    const one: Slots = new Map([['slot1', { state: 'in', port: 1 }]]);
    const two: Slots = new Map([
      ['slot1', { state: 'out', port: 1 }],
      ['slot2', { state: 'in', port: 1 }],
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

  it('says when the proxy could not be watched', async () => {
    const place = { socket: join(folder, 'nobody.sock'), backend: 'shop', clock: systemClock };
    const watch = watchSlots({ ...place, accepts: async () => false }, () => undefined);

    await expect(watch.stop()).rejects.toMatchObject({ code: 'part-refused' });
  });
});
