// However the entries of a run were split over barriers: the last record holds each part as often as it was left.
import { type Entry, emptyRecord, mergeEntries } from '@headgate/kit/record';
import type { RecordParts } from '@headgate/kit/record-parts';
import { createTestContext } from '@headgate/kit/testing/deps';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowOf } from '../src/record-file.js';
import { notYetIn } from '../src/recorded.js';
import { decisionOf, entryOf } from './fixtures.js';

const empty = emptyRecord(flowOf(decisionOf(), createTestContext()));

/** Few different parts, so that legs often leave equal ones. */
const parts: fc.Arbitrary<Partial<RecordParts>> = fc.record(
  {
    tests: fc.array(
      fc.constantFrom<RecordParts['tests'][number]>(
        { name: 'smoke', stage: 'deploy', outcome: 'passed', detail: '' },
        { name: 'smoke', stage: 'deploy', outcome: 'failed', detail: '' },
      ),
      { maxLength: 3 },
    ),
    timings: fc.array(
      fc.constantFrom<RecordParts['timings'][number]>(
        { stage: 'deploy', leg: 'web', step: 'start', seconds: 1 },
        { stage: 'deploy', leg: 'web', step: 'start', seconds: 2 },
      ),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
);

const legs = fc
  .array(fc.tuple(parts, fc.boolean()), { maxLength: 6 })
  .map((all) =>
    all.map(([each, early], index) => ({ entry: entryOf('deploy', `t${index}`, { parts: each }), early })),
  );

function counted(record: RecordParts): readonly string[] {
  return [...record.tests, ...record.timings]
    .map((part) => JSON.stringify(part))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

describe('parts of a record', () => {
  it('are added once, whatever a barrier before had of them', () => {
    fc.assert(
      fc.property(legs, (all) => {
        const entries: readonly Entry[] = all.map(({ entry }) => entry);
        const early = all.filter((each) => each.early).map(({ entry }) => entry);
        const before = mergeEntries(empty, early).record;

        const { record } = mergeEntries(before, notYetIn(before, entries));

        expect(counted(record)).toEqual(counted(mergeEntries(empty, entries).record));
        expect(mergeEntries(record, notYetIn(record, entries)).record).toEqual(record);
      }),
    );
  });
});
