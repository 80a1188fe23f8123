// What an engine tells, as a reason to look: nothing told is lost between two waits, and a broken stream is opened again.
import { createFakeClock } from '@headgate/kit/testing/clock';
import { describe, expect, it } from '@jest/globals';
import { watchEngine } from '../src/docker-watch.js';
import type { Engine } from '../src/engine.js';
import { type EngineEvent, hearEvents, parseEvent } from '../src/engine-events.js';
import type { Instance } from '../src/target.js';

const identity = { application: 'a', environment: 'e', target: 't', service: 's', proxy: 'p' };
const died: EngineEvent = { container: 'c1', what: 'died', at: 5, exitCode: 3 };

/** A watch, and how to tell it something. */
function watching() {
  let tell: (event: EngineEvent) => void = () => undefined;
  const engine: Pick<Engine, 'events'> = {
    events: (_, heard) => {
      tell = heard;
      return Promise.resolve();
    },
  };
  return { watch: watchEngine(engine, identity), tell: (event: EngineEvent) => tell(event) };
}
const isOver = async (promise: Promise<void>): Promise<boolean> => {
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([promise.then(() => true), later]);
};
const { signal } = new AbortController();

describe('a watch', () => {
  it('wakes who waits, and remembers what was told', async () => {
    const { watch, tell } = watching();
    const waiting = watch.next(signal);
    tell(died);

    expect(await isOver(waiting)).toBe(true);
    expect(await isOver(watch.next(signal))).toBe(false);
    expect(watch.told({ id: 'c1' } as Instance)).toEqual([{ what: 'died', at: 5, exitCode: 3 }]);
    expect(watch.told({ id: 'c2' } as Instance)).toEqual([]);
  });

  it('keeps what is told while nobody waits, also after a wait that was given up', async () => {
    const { watch, tell } = watching();
    const given = new AbortController();
    void watch.next(given.signal);
    given.abort();
    tell(died);

    expect(await isOver(watch.next(signal))).toBe(true);
    expect(await isOver(watch.next(signal))).toBe(false);
  });

  it('remembers no more than a crash loop needs', () => {
    const { watch, tell } = watching();
    for (let at = 0; at < 1000; at += 1) tell({ ...died, at });

    const told = watch.told({ id: 'c1' } as Instance);
    expect(told).toHaveLength(64);
    expect(told.at(-1)).toMatchObject({ at: 999 });
  });
});

describe('the stream of an engine', () => {
  const line = (at: number): string =>
    JSON.stringify({ Action: 'die', Actor: { ID: 'c1', Attributes: { exitCode: '3' } }, timeNano: at * 1e6 });

  it('is opened again where it broke off, until nobody listens', async () => {
    const closing = new AbortController();
    const paths: string[] = [];
    const heard: number[] = [];
    await hearEvents(
      {
        labels: { a: 'b' },
        heard: ({ at }) => heard.push(at),
        signal: closing.signal,
      },
      async ({ path }) => {
        paths.push(path);
        if (paths.length === 2) throw new Error('the engine is away');
        if (paths.length === 4) closing.abort();
        const body = [Buffer.from(`${line(1500 + paths.length)}\nnonsense\n`)];
        return { status: 200, headers: {}, body } as never;
      },
      createFakeClock(),
    );

    expect(heard).toEqual([1501, 1503, 1504]);
    expect(paths[0]).not.toContain('since');
    expect(paths.slice(1).map((path) => path.replace(/^.*since=/, ''))).toEqual(['1.501', '1.501', '1.503']);
  });

  it.each([
    ['', null],
    ['{"Action":"start","Actor":{"ID":"c1"}}', null],
    ['{"Action":"die","Actor":{}}', null],
    [
      '{"Action":"die","Actor":{"ID":"c1"},"time":2}',
      { container: 'c1', what: 'died', at: 2000, exitCode: null },
    ],
    [
      '{"Action":"health_status: healthy","Actor":{"ID":"c1"},"timeNano":1999999}',
      { container: 'c1', what: 'health', at: 1, exitCode: null },
    ],
    [
      '{"Action":"oom","Actor":{"ID":"c1"}}',
      { container: 'c1', what: 'out-of-memory', at: 0, exitCode: null },
    ],
  ])('reads %j', (text, event) => {
    expect(parseEvent(text)).toEqual(event);
  });
});
