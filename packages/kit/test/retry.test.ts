// Trying again: how often, how long, and when not.
import { describe, expect, it } from '@jest/globals';
import { retry } from '../src/retry.js';
import { createFakeClock } from '../src/testing/clock.js';

const options = { attempts: 4, delaysMs: [100, 400], retryable: () => true, deadlineMs: 10_000 };

describe('retry', () => {
  it('waits as told between attempts and answers with the first success', async () => {
    const clock = createFakeClock();

    const answer = await retry(failTimes(3), options, { clock });

    expect(answer).toBe('attempt 4');
    expect(clock.sleeps).toEqual([100, 400, 400]);
  });

  it('rejects with the last error when attempts are used up', async () => {
    await expect(retry(failTimes(9), options, { clock: createFakeClock() })).rejects.toThrow('failure 4');
  });

  it('does not retry what is not worth it', async () => {
    const clock = createFakeClock();

    await expect(retry(failTimes(9), { ...options, retryable: () => false }, { clock })).rejects.toThrow(
      'failure 1',
    );
    expect(clock.sleeps).toEqual([]);
  });

  it('begins no attempt after the deadline', async () => {
    const clock = createFakeClock();

    await expect(retry(failTimes(9), { ...options, deadlineMs: 300 }, { clock })).rejects.toThrow(
      'failure 2',
    );
    expect(clock.sleeps).toEqual([100]);
  });

  it('stops with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const fn = async (attempt: number): Promise<never> => {
      if (attempt === 2) controller.abort(reason);
      throw new Error(`failure ${attempt}`);
    };

    await expect(retry(fn, options, { clock: createFakeClock(), signal: controller.signal })).rejects.toThrow(
      'failure 2',
    );
    await expect(retry(fn, options, { clock: createFakeClock(), signal: controller.signal })).rejects.toBe(
      reason,
    );
  });
});

function failTimes(count: number): (attempt: number) => Promise<string> {
  return async (attempt) => {
    if (attempt <= count) throw new Error(`failure ${attempt}`);
    return `attempt ${attempt}`;
  };
}
