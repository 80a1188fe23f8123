// Merging and the strict reading of records and entries.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../src/record.js';
import * as record from '../src/record.js';
import { legHash } from '../src/record-names.js';
import type { ImagePart } from '../src/record-parts.js';

describe('mergeEntries', () => {
  it('takes per leg the highest attempt that succeeded, else the highest', () => {
    const entries = [
      entry('web', 1, 'success'),
      entry('web', 2, 'failure'),
      entry('api', 1, 'failure'),
      entry('api', 3, 'cancelled'),
      entry('api', 2, 'failure'),
      entry('job', 2, 'success'),
      entry('job', 1, 'success'),
    ];

    const {
      chosen,
      failed,
      missing,
      record: merged,
    } = record.mergeEntries(empty, entries, [
      { stage: 'images', name: 'web' },
      { stage: 'images', name: 'lost' },
      { stage: 'deploy', name: 'web' },
    ]);

    expect(chosen.map(({ name, attempt }) => [name, attempt])).toEqual([
      ['api', 3],
      ['job', 2],
      ['web', 1],
    ]);
    expect(failed.map(({ name }) => name)).toEqual(['api']);
    expect(missing).toEqual([
      { stage: 'images', name: 'lost' },
      { stage: 'deploy', name: 'web' },
    ]);
    expect(merged.images.map(({ name }) => name)).toEqual(['api', 'job', 'web']);
  });

  it('does not depend on the order in which entries arrive', () => {
    const entries = ['a', 'b'].flatMap((name) =>
      [1, 2, 3].map((attempt) => entry(name, attempt, attempt === 2 ? 'success' : 'failure')),
    );
    const expected = record.mergeEntries(empty, entries);
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        expect(record.mergeEntries(empty, shuffled)).toEqual(expected);
      }),
    );
  });

  it('leaves the given record as it was', () => {
    record.mergeEntries(empty, [entry('web', 1, 'success')]);

    expect(empty.images).toEqual([]);
  });
});

describe('parseEntry and parseRecord', () => {
  it('read what they were made from', () => {
    const merged = record.mergeEntries(empty, [entry('web', 1, 'success')]).record;

    expect(record.parseEntry(JSON.parse(JSON.stringify(entry('web', 1, 'success'))))).toEqual(
      entry('web', 1, 'success'),
    );
    expect(record.parseRecord(JSON.parse(JSON.stringify(merged)))).toEqual(merged);
  });

  it.each([
    ['another version', { schemaVersion: 2 }, 'schemaVersion'],
    ['an unknown stage', { stage: 'evil' }, 'stage'],
    ['a leg that is no hash', { leg: '../../etc' }, 'leg'],
    ['attempt zero', { attempt: 0 }, 'attempt'],
    ['a half attempt', { attempt: 1.5 }, 'attempt'],
    ['an unknown member', { approved: true }, 'approved'],
    ['a cause without hint', { cause: { code: 'x', message: 'y' } }, 'cause.hint'],
    [
      'an image with a wrong digest',
      { parts: { images: [{ ...image('web'), digest: 'sha256:1' }] } },
      'parts.images.0.digest',
    ],
    [
      'an image with a tag for a reference',
      { parts: { images: [{ ...image('web'), reference: 'host/web:latest' }] } },
      'parts.images.0.reference',
    ],
    [
      'a negative size',
      {
        parts: {
          images: [{ ...image('web'), platforms: [{ platform: 'p', compressed: -1, uncompressed: 0 }] }],
        },
      },
      'compressed',
    ],
    ['an unknown part', { parts: { secrets: [] } }, 'parts.secrets'],
  ])('refuse %s, naming the place', (_, change, place) => {
    const error = caught(() => record.parseEntry({ ...entry('web', 1, 'success'), ...change }));

    expect(error).toMatchObject({ code: 'invalid-record' });
    expect(error.message).toContain(place);
  });

  it.each([null, [], 'text', 7, {}])('refuse %j', (value) => {
    expect(() => record.parseEntry(value)).toThrow();
    expect(() => record.parseRecord(value)).toThrow();
  });
});

const empty = record.emptyRecord({
  application: 'shop',
  repository: 'acme/shop',
  event: 'push',
  ref: 'refs/heads/develop',
  branchKind: 'development',
  version: null,
  commit: 'a'.repeat(40),
  tree: 'b'.repeat(40),
  actor: 'dana',
  run: { id: 1, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/1' },
});

function entry(name: string, attempt: number, result: Entry['result']): Entry {
  const cause = result === 'success' ? null : { code: 'x', message: 'm', hint: 'h' };
  return {
    schemaVersion: 1,
    stage: 'images',
    name,
    leg: legHash('images', name),
    attempt,
    result,
    cause,
    parts: { images: [image(name)] },
  };
}

function image(name: string): ImagePart {
  const digest = `sha256:${'c'.repeat(64)}`;
  return {
    name,
    digest,
    reference: `registry.example/${name}@${digest}`,
    tags: ['develop'],
    key: 'd'.repeat(64),
    platforms: [],
    reusedFrom: null,
  };
}

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
