// The lock of a service, on real files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp } from '@headgate/kit/http';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectLocal } from '../src/local-transport.js';
import { acquireLock, type Lock } from '../src/lock.js';

describe('the lock of a service', () => {
  let folder: string;
  const clock = createFakeClock();
  const { files } = connectLocal({ http: createHttp(), engine: '/nowhere', proxySocket: '/nowhere' });
  const take = (owner: string): Promise<Lock> =>
    acquireLock({
      files,
      clock,
      path: join(folder, 'deep', 'web.lock'),
      owner,
      url: `https://example/${owner}`,
      expiryMs: 1000,
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is held by one, named to others, and free after its release', async () => {
    const lock = await take('one');
    await expect(take('two')).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('https://example/one'),
    });

    await lock.release();
    await (await take('two')).release();
  });

  it('is taken from a run that was lost, by exactly one of many', async () => {
    await take('lost');
    clock.advance(1001);

    const takers = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => take(`taker-${index}`)));

    expect(takers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is kept by renewing it, and not renewed once somebody else has it', async () => {
    const lock = await take('one');
    clock.advance(900);
    await lock.renew();
    clock.advance(900);
    await expect(take('two')).rejects.toMatchObject({ code: 'locked' });

    clock.advance(200);
    const other = await take('two');
    await expect(lock.renew()).rejects.toMatchObject({ code: 'locked' });
    await lock.release();
    await expect(take('three')).rejects.toMatchObject({
      message: expect.stringContaining('https://example/two'),
    });
    await other.release();
  });

  it('is not held by a file nobody can read', async () => {
    await (await take('one')).release();
    writeFileSync(join(folder, 'deep', 'web.lock'), '{"owner": 1}');

    await (await take('two')).release();
  });
});
