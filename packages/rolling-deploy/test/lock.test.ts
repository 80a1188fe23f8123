// The lease on a service, on a clock of its own.
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Lock, LockOptions } from '../src/held-lock.js';
import { keepLock } from '../src/lease-keeper.js';
import { acquireLock } from '../src/lock.js';
import { holderOf } from '../src/lock-text.js';
import { createMemoryHost, type MemoryHost } from './memory-host.js';
import { createVirtualClock, type VirtualClock } from './virtual-clock.js';

const path = '/locks/web.lock';

describe('the lease on a service', () => {
  let clock: VirtualClock;
  let host: MemoryHost;
  const options = (owner: string): LockOptions => ({
    files: host.files,
    clock,
    path,
    owner,
    url: `https://example/${owner}`,
    expiryMs: 30_000,
  });
  const take = (owner: string): Promise<Lock> => clock.during(acquireLock(options(owner)));

  beforeEach(() => {
    clock = createVirtualClock();
    host = createMemoryHost();
  });

  it('is held by one that renews it, named to others, and free after its release', async () => {
    const lock = await clock.during(keepLock(options('one')));
    await expect(take('two')).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('https://example/one'),
    });

    await lock.release();
    await (await take('two')).release();
    expect(host.stored.size).toBe(0);
  });

  it('is renewed by the clock alone, whatever its owner waits for', async () => {
    const lock = await clock.during(keepLock(options('one')));
    for (let minute = 0; minute < 5; minute += 1) {
      await clock.pass(60_000);
      expect(holderOf(host.stored.get(path) ?? null)?.expiresAt).toBeGreaterThan(clock.now() + 15_000);
    }
    await lock.hold();
    await lock.release();
  });

  it.each([
    ['just died', 0, 30_000],
    ['has expired', 31_000, 15_000],
    ['was lost long ago', 10 * 60_000, 0],
  ])('is taken from a run that %s, after a wait in which it would have renewed it', async (_, ago, waits) => {
    const lost = await take('lost');
    await clock.pass(ago);
    const began = clock.now();

    const lock = await take('next');

    expect(clock.now() - began).toBe(waits);
    expect(lock.generation).toBeGreaterThan(lost.generation);
    await expect(lost.hold()).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('https://example/next'),
    });
  });

  it('is not taken from a run that renews it by a clock that is far behind', async () => {
    const behind = { ...clock, now: () => clock.now() - 60_000 };
    const lock = await clock.during(keepLock({ ...options('one'), clock: behind }));

    await expect(take('two')).rejects.toMatchObject({ code: 'locked' });
    await lock.release();
  });

  it('is taken over at once by the same run, and its former process acts no more', async () => {
    const former = await take('one');
    const began = clock.now();

    const lock = await take('one');

    expect(clock.now()).toBe(began);
    expect(lock.generation).toBeGreaterThan(former.generation);
    await clock.pass(16_000);
    await expect(former.hold()).rejects.toMatchObject({ code: 'locked' });
    await lock.hold();
    await former.release();
    expect(host.stored.size).toBe(1);
  });

  it('is taken by exactly one of many, in any order of their calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, count) => {
        clock = createVirtualClock();
        host = createMemoryHost();
        await take('lost');
        await clock.pass(10 * 60_000);
        const slow = <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) =>
          scheduler.scheduleFunction(work);
        const { files } = host;
        const scheduled = {
          read: slow(files.read),
          create: slow(files.create),
          replace: slow(files.replace),
          remove: slow(files.remove),
          sweep: files.sweep,
        };
        const held: Lock[] = [];
        const takers = Array.from({ length: count }, (_, index) =>
          keepLock({ ...options(`taker-${index}`), files: scheduled }).then(
            (lock) => held.push(lock),
            () => undefined,
          ),
        );
        const all = Promise.all(takers);
        await Promise.all([clock.during(all), scheduler.waitFor(all)]);
        await clock.pass(40_000).then(() => scheduler.waitIdle());

        const acting = await Promise.all(
          held.map((lock) =>
            scheduler.waitFor(
              lock.hold().then(
                () => 1,
                () => 0,
              ),
            ),
          ),
        );
        expect(acting.filter((one) => one === 1).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  it('is not held by a file nobody can read', async () => {
    host.stored.set(path, '{"owner": 1}');
    await (await take('two')).release();
  });

  it('is respected until its end when a version wrote it that renews before steps only', async () => {
    const old = { owner: 'old', url: 'https://example/old', expiresAt: clock.now() + 60_000 };
    host.stored.set(path, JSON.stringify(old));
    await expect(take('two')).rejects.toMatchObject({ code: 'locked' });
    await clock.pass(60_000);
    await take('two');
  });

  it('lets what was begun come to its end when it cannot be written, and nothing new begin', async () => {
    const full = { ...host.files, replace: () => Promise.reject(new Error('no space left')) };
    const lock = await clock.during(acquireLock({ ...options('one'), files: full }));
    await clock.pass(20_000);

    await lock.hold();
    await expect(lock.renew()).rejects.toMatchObject({ code: 'lock-unusable' });
  });
});
