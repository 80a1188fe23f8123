// What a journal is believed, and what is said of one that is not.

import { createFakeClock } from '@headgate/kit/testing/clock';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Journal, openJournal } from '../src/journal.js';
import { readJournal } from '../src/journal-text.js';
import { lostAmong } from '../src/lost-fleet.js';
import { describeLost } from '../src/lost-run.js';
import type { Instance } from '../src/target.js';
import { createMemoryHost, type MemoryHost } from './memory-host.js';

const path = '/locks/web.journal';
const instance: Instance = {
  id: 'a1',
  name: 'shop-web-a1',
  revision: 'first',
  digest: 'sha256:1',
  createdAt: 1,
  startedAt: 1,
  running: true,
  restarts: 0,
  traffic: 'in',
};
const hand = { former: [instance], fresh: [], stopping: ['a1'], condemned: null };
const release = { revision: 'second', digest: 'sha256:2', strategy: 'canary' };

function open(
  { files }: MemoryHost,
  owner: string,
  { hosts = ['h0'], hold = () => Promise.resolve() }: { hosts?: string[]; hold?: () => Promise<void> } = {},
): Promise<Journal> {
  const lock = { generation: 7, hold };
  return openJournal({
    files,
    clock: createFakeClock(),
    path,
    lock,
    owner,
    url: `https://x/${owner}`,
    hosts,
  });
}

describe('a journal', () => {
  it('holds what was about to be done, for the next run to read', async () => {
    const host = createMemoryHost();
    const journal = await open(host, 'one');
    journal.begin(release);
    journal.keep(hand);
    await journal.note('drain', 'shop-web-a1');

    const { lost } = await open(host, 'two');

    expect(lost).toMatchObject({
      ...release,
      schemaVersion: 1,
      state: 'open',
      generation: 7,
      owner: 'one',
      hand,
    });
    expect(lost === null ? '' : describeLost(lost)).toBe(
      'https://x/one was lost at drain shop-web-a1, 2026-01-01T00:00:00.000Z',
    );
  });

  it('keeps what was lost until that is dealt with, also in another run’s name', async () => {
    const host = createMemoryHost();
    const first = await open(host, 'one');
    first.begin(release);
    first.keep(hand);
    await first.note('stop', 'shop-web-a1');
    const second = await open(host, 'two');
    await second.note('recover', '');
    await second.close();
    expect((await open(host, 'three')).lost).toMatchObject({ owner: 'two', revision: 'second', hand });

    second.begin({ ...release, revision: 'third' });
    await second.note('start', '');
    expect((await open(host, 'three')).lost).toMatchObject({ revision: 'third', hand: null });
    await second.close();
    expect(host.stored.size).toBe(0);
  });

  it('says that it was held on purpose', async () => {
    const host = createMemoryHost();
    const journal = await open(host, 'one');
    journal.keep(hand);
    await journal.hold();
    await journal.close();

    const { lost } = await open(host, 'two');
    expect(lost).toMatchObject({ state: 'held', hand });
    expect(lost === null ? '' : describeLost(lost)).toContain('was cancelled and left as it was');
  });

  it('is neither written nor removed once the lease is somebody else’s', async () => {
    const host = createMemoryHost();
    await (await open(host, 'one')).note('start', '');
    const text = host.stored.get(path);
    const late = await open(host, 'late', { hold: () => Promise.reject(new Error('taken')) });
    late.keep(null);

    await expect(late.note('drain', 'a1')).rejects.toThrow('taken');
    await expect(late.close()).rejects.toThrow('taken');
    expect(host.stored.get(path)).toBe(text);
  });

  it.each([
    ['half', '{"schemaVersion":1', 'it is not JSON'],
    ['of a later version', '{"schemaVersion":2}', 'its schemaVersion is 2 and not 1'],
    ['of another kind', '[]', 'its schemaVersion is undefined and not 1'],
    ['a text', '"x"', 'it is no object'],
    ['empty', '{"schemaVersion":1}', 'members are missing or of another form'],
    ['endless', ' '.repeat(600_000), 'it is too long'],
  ])('that is %s is said to be unreadable, and nothing of it counts', async (_, text, why) => {
    const host = createMemoryHost();
    host.stored.set(path, text);

    const { lost, notices } = await open(host, 'two');

    expect(lost).toBeNull();
    expect(notices).toEqual([expect.stringContaining(`${why}: what is there is read from the containers`)]);
  });

  it('shows no control character of a hostile one', () => {
    const entry = { schemaVersion: 1, state: 'open', owner: 'x', url: 'a\n::error::b', generation: 1 };
    const more = { hosts: [], ...release, step: { kind: 'drain', subject: '', at: 0 }, hand: null };
    expect(readJournal(JSON.stringify({ ...entry, ...more }))).toMatchObject({ kind: 'unreadable' });
    expect(readJournal(JSON.stringify({ ...entry, ...more, url: 'a' }))).toMatchObject({ kind: 'entry' });
  });

  it('of any text and any JSON is read without an error', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readJournal(text)));
    fc.assert(
      fc.property(
        fc.record({ schemaVersion: fc.constant(1), hand: fc.anything(), step: fc.anything() }),
        (value) => {
          expect(readJournal(JSON.stringify(value)).kind).toBe('unreadable');
        },
      ),
    );
  });
});

describe('journals of several hosts', () => {
  const entryOf = async (owner: string): Promise<Journal> => {
    const host = createMemoryHost();
    const journal = await open(host, owner, { hosts: ['h0', 'h1'] });
    journal.begin(release);
    journal.keep(hand);
    await journal.note('start', '');
    return open(host, 'next');
  };

  it('are undone on all when the run had come to its end on none', async () => {
    const hosts = [
      { name: 'h0', journal: await entryOf('one') },
      { name: 'h1', journal: await entryOf('one') },
    ];
    expect([...lostAmong(hosts).values()].map((lost) => lost.hand)).toEqual([hand, hand]);
  });

  it('are undone on none when one of the run’s hosts has none any more: it was done on all', async () => {
    const hosts = [
      { name: 'h0', journal: await open(createMemoryHost(), 'next') },
      { name: 'h1', journal: await entryOf('one') },
    ];
    expect([...lostAmong(hosts).values()].map((lost) => lost.hand)).toEqual([null]);
  });
});
