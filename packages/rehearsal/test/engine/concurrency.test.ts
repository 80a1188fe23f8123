// Concurrency groups.
import { describe, expect, it } from '@jest/globals';
import {
  createConcurrencyGroups,
  type GroupAnswer,
  type GroupRequest,
} from '../../src/engine/concurrency.js';

function request(more: Partial<GroupRequest> = {}): GroupRequest {
  const { signal } = new AbortController();
  return {
    key: 'g',
    cancelInProgress: false,
    queue: 'single',
    held: [],
    signal,
    cancel: () => undefined,
    ...more,
  };
}

function release(answer: GroupAnswer): void {
  if (answer.kind === 'acquired') answer.release();
}

describe('a concurrency group', () => {
  it('keeps one pending and refuses the older one', async () => {
    const groups = createConcurrencyGroups();
    const first = await groups.acquire(request());
    const second = groups.acquire(request());
    const third = groups.acquire(request({ key: 'G' }));

    expect(await second).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('higher priority'),
    });
    release(first);
    expect((await third).kind).toBe('acquired');
  });

  it('keeps all pending, in order, with queue: max', async () => {
    const groups = createConcurrencyGroups();
    const order: number[] = [];
    const first = await groups.acquire(request({ queue: 'max' }));
    const later = [1, 2, 3].map(async (number) => {
      const answer = await groups.acquire(request({ queue: 'max' }));
      order.push(number);
      release(answer);
    });
    release(first);
    await Promise.all(later);

    expect(order).toEqual([1, 2, 3]);
  });

  it('lets a hundred wait with queue: max, and refuses the next one', async () => {
    const groups = createConcurrencyGroups();
    const first = await groups.acquire(request({ queue: 'max' }));
    const waiting = Array.from({ length: 100 }, () => groups.acquire(request({ queue: 'max' })));

    expect(await groups.acquire(request({ queue: 'max' }))).toMatchObject({ kind: 'refused' });
    release(first);
    for (const each of waiting) release(await each);
  });

  it('cancels the running one when asked', async () => {
    const groups = createConcurrencyGroups();
    const reasons: string[] = [];
    const first = await groups.acquire(request({ cancel: (reason) => reasons.push(reason) }));
    const second = groups.acquire(request({ cancelInProgress: true }));

    expect(reasons).toHaveLength(1);
    release(first);
    expect((await second).kind).toBe('acquired');
  });

  it('refuses a group that a caller holds instead of waiting for ever', async () => {
    const answer = await createConcurrencyGroups().acquire(request({ held: ['G'] }));

    expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringContaining('deadlock') });
  });

  it('stops waiting when the run is cancelled, and later ones still get in', async () => {
    const groups = createConcurrencyGroups();
    const stop = new AbortController();
    const first = await groups.acquire(request());
    const second = groups.acquire(request({ signal: stop.signal, queue: 'max' }));
    const third = groups.acquire(request({ queue: 'max' }));
    stop.abort();

    expect((await second).kind).toBe('refused');
    release(first);
    release(first);
    expect((await third).kind).toBe('acquired');
  });
});
