// A start whose answer is lost: what the engine shows counts.
import { describe, expect, it } from '@jest/globals';
import type { Engine } from '../src/engine.js';
import type { Container } from '../src/engine-answers.js';
import { DeployError, type DeployErrorCode } from '../src/errors.js';
import { startInstance, startOnce } from '../src/start-once.js';

const before = 1_000;

interface Engineer extends Pick<Engine, 'start' | 'inspect'> {
  readonly starts: () => number;
}

/** Fails the first start with `code`; `arrives`: it had its effect all the same. */
function engineer(code: DeployErrorCode, arrives: boolean): Engineer {
  let starts = 0;
  let startedAt = before;
  return {
    starts: () => starts,
    start: async () => {
      starts += 1;
      if (arrives || starts > 1) startedAt = before + starts;
      if (starts === 1)
        throw new DeployError({ code, message: 'the connection broke', hint: 'This is a test.' });
    },
    inspect: async () => ({ startedAt }) as Container,
  };
}

describe('a start whose answer is lost', () => {
  it.each(['engine-unreachable', 'ssh-unreachable'] as const)(
    'is one start when it arrived (%s)',
    async (code) => {
      for (const start of [startOnce, startInstance]) {
        const engine = engineer(code, true);
        await start('a', before, engine);
        expect(engine.starts()).toBe(1);
      }
    },
  );

  it('is sent again for an instance when it did not arrive, and fails for what must run once', async () => {
    const again = engineer('engine-unreachable', false);
    await startInstance('a', before, again);
    expect(again.starts()).toBe(2);

    const once = engineer('engine-unreachable', false);
    await expect(startOnce('a', before, once)).rejects.toMatchObject({ code: 'engine-unreachable' });
    expect(once.starts()).toBe(1);
  });

  it('is no excuse for a refusal', async () => {
    const engine = engineer('engine-refused', true);
    await expect(startInstance('a', before, engine)).rejects.toMatchObject({ code: 'engine-refused' });
    expect(engine.starts()).toBe(1);
  });
});
