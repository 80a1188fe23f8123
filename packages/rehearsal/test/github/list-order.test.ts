// Lists by time: ranges of dates, orders, and filters that nobody follows.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fitsRange } from '../../src/github/list-order.js';
import { openWorkshop, type Workshop } from './workshop.js';

const noon = Date.UTC(2026, 10, 21, 12);

describe('a range of times', () => {
  it.each([
    ['2026-11-21', true],
    ['2026-11-20', false],
    ['>=2026-11-21T12:00:00Z', true],
    ['>=2026-11-21T12:00:01Z', false],
    ['>2026-11-20', true],
    ['>2026-11-21', false],
    ['<=2026-11-21', true],
    ['<=2026-11-21T11:59:59Z', false],
    ['<2026-11-22', true],
    ['<2026-11-21', false],
    ['2026-11-20..2026-11-21', true],
    ['2026-11-22..2026-11-23', false],
    ['2026-11-20..*', true],
    ['*..2026-11-20', false],
  ])('%s holds noon: %s', (range, expected) => {
    expect(fitsRange(noon, range)).toBe(expected);
  });

  it('must name dates', () => {
    expect(() => fitsRange(noon, '>=soon')).toThrow('Not a date: soon');
  });
});

describe('a list of issues', () => {
  let workshop: Workshop;
  beforeEach(async () => {
    workshop = await openWorkshop();
    for (const title of ['one', 'two', 'three']) {
      await workshop.bob.openIssue({ repository: 'acme/shop', title });
      workshop.clock.advance(60_000);
    }
    await workshop.bob.comment({ repository: 'acme/shop', number: 1, body: 'again' });
  });
  afterEach(() => workshop.close());

  const titles = async (query: string): Promise<readonly string[]> =>
    ((await workshop.bob.request('GET', `/repos/acme/shop/issues?${query}`)).data as { title: string }[]).map(
      ({ title }) => title,
    );

  it.each([
    ['', ['three', 'two', 'one']],
    ['direction=asc', ['one', 'two', 'three']],
    ['sort=updated', ['one', 'three', 'two']],
    ['sort=updated&direction=asc', ['two', 'three', 'one']],
    ['since=2026-11-21T10:02:30Z', ['one']],
  ])('by %j is %j', async (query, expected) => {
    expect(await titles(query)).toEqual(expected);
    expect(workshop.host.violations).toEqual([]);
  });

  it('asked by a filter that the double does not follow is a violation', async () => {
    await titles('mentioned=ann');

    expect(workshop.host.violations).toEqual([
      {
        side: 'request',
        operation: 'issues/list-for-repo',
        problem: 'query parameter mentioned is not followed by the double',
      },
    ]);
  });
});
