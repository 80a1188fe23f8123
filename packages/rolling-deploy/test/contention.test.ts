// Several runs that want the same service at the same time, with slow calls and stuck renewals: one acts at a time.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLife, createMemoryHost, type Life } from './memory-host.js';
import { deployBy } from './process.js';
import { createVirtualClock, type VirtualClock } from './virtual-clock.js';
import type { FakeInstance } from './world.js';

const changing: ReadonlySet<string> = new Set([
  'prepare',
  'start',
  'resume',
  'admit',
  'join',
  'split',
  'drain',
  'dismiss',
  'stop',
  'remove',
]);
const ofFiles: ReadonlySet<string> = new Set(['file replace', 'file create']);

interface Runner {
  readonly startsAt: number;
  /** Milliseconds that its calls take, in turn; within the engine's deadline. */
  readonly calls: readonly number[];
  /** The same of its writes of files: these have no deadline here. */
  readonly writes: readonly number[];
}

const runner = fc.record({
  startsAt: fc.integer({ min: 0, max: 40_000 }),
  calls: fc.array(fc.integer({ min: 0, max: 14_000 }), { minLength: 1, maxLength: 5 }),
  writes: fc.array(
    fc.oneof({ weight: 5, arbitrary: fc.integer({ max: 50, min: 0 }) }, fc.integer({ min: 0, max: 60_000 })),
    {
      minLength: 1,
      maxLength: 7,
    },
  ),
});

/** A process whose calls take their time before they have an effect. */
function slowLife({ calls, writes }: Runner, clock: VirtualClock, acts: () => void): Life {
  const life = createLife({ at: -1, when: 'before' });
  let turn = 0;
  return {
    ...life,
    call: (name, work) =>
      life.call(name, async () => {
        turn += 1;
        const times = ofFiles.has(name) ? writes : changing.has(name) ? calls : [10];
        await clock.sleep(times[turn % times.length] ?? 0);
        if (changing.has(name)) acts();
        return work();
      }),
  };
}

describe('runs that want the same service', () => {
  it('never act in turns: who acted before another one acts no more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(runner, { minLength: 2, maxLength: 3 }), async (runners) => {
        const clock = createVirtualClock();
        const all: FakeInstance[] = [
          {
            id: 'old',
            revision: 'first',
            createdAt: 0,
            vice: 'none',
            running: true,
            traffic: 'in',
            served: 0,
          },
        ];
        const host = { all, ...createMemoryHost() };
        const acted: number[] = [];
        const codes: unknown[] = [];
        const runs = runners.map(async (one, index) => {
          await clock.sleep(one.startsAt);
          const life = slowLife(one, clock, () => acted.push(index));
          const run = { hosts: [host], clock, revision: `r${index}`, number: 10 + index, life };
          await deployBy(run).then(
            ({ result }) => codes.push(result.failure?.code),
            (error: { code?: string }) => codes.push(error.code),
          );
        });

        await clock.during(Promise.all(runs));

        const turns = acted.filter((index, at) => acted[at - 1] !== index);
        expect(turns).toEqual([...new Set(turns)]);
        for (const code of codes) expect([undefined, 'locked', 'lock-unusable']).toContain(code);
      }),
      { numRuns: Number(process.env['HEADGATE_RUNS'] ?? 60) },
    );
  });
});
