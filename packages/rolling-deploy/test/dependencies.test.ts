// When what a service depends on is there, whoever made it.
import { createFakeClock } from '@headgate/kit/testing/clock';
import { describe, expect, it } from '@jest/globals';
import type { Need } from '../src/compose-needs.js';
import { unmet, waitForNeeds } from '../src/dependencies.js';
import type { Container } from '../src/engine-answers.js';

const running: Container = {
  id: 'a',
  name: 'db-1',
  labels: new Map(),
  createdAt: 0,
  running: true,
  restarting: false,
  startedAt: 0,
  processId: 0,
  imageId: '',
  image: '',
  port: null,
  innerPort: null,
  endpoint: null,
  addresses: new Map(),
  restarts: 0,
  exitCode: 0,
  endedAt: 0,
  outOfMemory: false,
  health: 'none',
  healthDetail: '',
};
const ended = { ...running, running: false };
const need = (until: Need['until'], required = true): Need => ({ service: 'db', until, required });

describe('what a service depends on', () => {
  it.each<readonly [Need['until'], readonly Container[], string | null]>([
    ['started', [], 'the host has no container of it'],
    ['started', [running], null],
    ['started', [ended], 'it does not run'],
    ['healthy', [running], null],
    ['healthy', [{ ...running, health: 'starting' }], 'its health check says starting'],
    [
      'healthy',
      [
        { ...running, health: 'unhealthy' },
        { ...running, health: 'healthy' },
      ],
      null,
    ],
    ['ended', [running], 'it has not ended yet'],
    ['ended', [{ ...ended, exitCode: 3 }], 'it ended with code 3'],
    ['ended', [{ ...ended, exitCode: 3 }, ended], null],
  ])('%s with %j: %j', (until, containers, why) => expect(unmet(need(until), containers)).toBe(why));

  const wait = (needs: readonly Need[], list: () => readonly Container[]): Promise<void> =>
    waitForNeeds(
      { project: 'shop', service: 'web', needs },
      {
        engine: { list: () => Promise.resolve(list()) },
        clock: createFakeClock(),
        signal: new AbortController().signal,
        deadlineMs: 5_000,
      },
    );

  it('is waited for until its deadline', async () => {
    let looks = 0;
    await wait([need('healthy')], () => {
      looks += 1;
      return [{ ...running, health: looks < 4 ? 'starting' : 'healthy' }];
    });
    expect(looks).toBe(4);
    await expect(wait([need('ended')], () => [running])).rejects.toMatchObject({
      code: 'dependency-missing',
      message: 'web depends on db, and it has not ended yet',
    });
  });

  it('is not waited for where there is none, and may be missing when it says so', async () => {
    let looks = 0;
    const none = (): readonly Container[] => {
      looks += 1;
      return [];
    };
    await expect(wait([need('started')], none)).rejects.toMatchObject({ code: 'dependency-missing' });
    await wait([need('started', false)], none);
    expect(looks).toBe(2);
  });

  it('is no one-off container of it', async () => {
    const oneOff = { ...running, labels: new Map([['com.docker.compose.oneoff', 'True']]) };
    await expect(wait([need('started')], () => [oneOff])).rejects.toMatchObject({
      code: 'dependency-missing',
    });
  });
});
