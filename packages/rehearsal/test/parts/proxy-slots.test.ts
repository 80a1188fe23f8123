// What an observer reads out of HAProxy's slots, and when it speaks up.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSlots, type SlotState, someoneLeft, watchSlots } from '../../src/parts/proxy-slots.js';

const header = '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight';
const answer = (...bits: readonly number[]): string =>
  `1\n${header}\n${bits.map((each, index) => `3 shop ${index + 1} slot${index + 1} 127.0.0.1 2 ${each} 1`).join('\n')}\n\n`;

describe('slots', () => {
  it('are read by their administrative state', () => {
    expect([...readSlots(answer(0, 5, 8, 4, 1)).entries()]).toEqual([
      ['slot1', 'in'],
      ['slot2', 'out'],
      ['slot3', 'draining'],
      ['slot4', 'in'],
      ['slot5', 'out'],
    ]);
  });

  it.each(["Can't find backend.\n", '', '2\n# srv_name\n'])('refuse %j', (text) => {
    expect(() => readSlots(text)).toThrow(expect.objectContaining({ code: 'part-refused' }));
  });

  it.each<[SlotState, SlotState, boolean]>([
    ['out', 'in', false],
    ['in', 'in', false],
    ['in', 'draining', true],
    ['in', 'out', true],
    ['draining', 'draining', false],
    ['draining', 'out', true],
    ['draining', 'in', false],
    ['out', 'draining', false],
  ])('from %s to %s: somebody left is %s', (before, after, left) => {
    const still: readonly (readonly [string, SlotState])[] = [['slot2', 'in']];
    expect(someoneLeft(new Map([['slot1', before], ...still]), new Map([['slot1', after], ...still]))).toBe(
      left,
    );
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

  it('tells of an instance that leaves and of one that is gone, and of nothing else', async () => {
    const answers = [answer(5, 5), answer(0, 5), answer(0, 0), answer(8, 0), answer(8, 0), answer(1, 0)];
    const { socket, asked } = await proxyThatSays(answers);
    const at: number[] = [];
    const clock = { ...systemClock, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };

    const watch = watchSlots({ socket, backend: 'shop', clock }, () => at.push(asked()));
    while (asked() < 10) await new Promise((resolve) => setImmediate(resolve));
    await watch.stop();

    expect(at).toEqual([4, 6]);
  });

  it('says when the proxy could not be watched', async () => {
    const watch = watchSlots(
      { socket: join(folder, 'nobody.sock'), backend: 'shop', clock: systemClock },
      () => undefined,
    );

    await expect(watch.stop()).rejects.toMatchObject({ code: 'part-refused' });
  });
});
