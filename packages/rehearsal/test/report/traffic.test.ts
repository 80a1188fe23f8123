// The shares of the traffic: from the proxy's counters to the bands of the chart.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Slots } from '../../src/parts/proxy-slots.js';
import { createTrafficTally, readCounters, sum, type TrafficReport } from '../../src/parts/traffic-tally.js';
import { chartOf, traffic } from '../../src/report/traffic.js';
import { digest, swap } from './delivered-story.js';

const slots = (places: Readonly<Record<string, string>>): Slots =>
  new Map(Object.entries(places).map(([name, endpoint]) => [name, { state: 'in', endpoint }]));
const counters = (counts: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(counts));

describe('the proxy’s counters', () => {
  it('are the answers of every class, by slot', () => {
    const answer =
      '# pxname,svname,stot,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,\n' +
      'api,slot1,7,0,7,0,0,0,0,\nshop,slot1,9,0,10,1,2,3,0,\nshop,slot2,0,0,0,0,0,0,0,\n\n';

    expect([...readCounters(answer, 'shop')]).toEqual([
      ['slot1', 16],
      ['slot2', 0],
    ]);
  });
});

describe('the tally', () => {
  it('counts from look to look, for the instance that the slot leads to now', () => {
    const tally = createTrafficTally();
    tally.add(0, slots({ slot1: 'a:5001', slot2: 'a:5002' }), counters({ slot1: 100, slot2: 50 }));
    tally.add(300, slots({ slot1: 'a:5001', slot2: 'a:5002' }), counters({ slot1: 110, slot2: 50 }));
    tally.add(600, slots({ slot1: 'a:5003', slot2: 'a:5002' }), counters({ slot1: 130, slot2: 55 }));

    expect(tally.samples()).toEqual([
      { atMs: 300, answers: new Map([['a:5001', 10]]) },
      {
        atMs: 600,
        answers: new Map([
          ['a:5003', 20],
          ['a:5002', 5],
        ]),
      },
    ]);
  });

  it('takes a proxy that began again from zero for no answer at all', () => {
    const tally = createTrafficTally();
    tally.add(0, slots({ slot1: 'a:5001' }), counters({ slot1: 100 }));
    tally.add(300, slots({ slot1: 'a:5001' }), counters({ slot1: 3 }));

    expect(tally.samples()).toEqual([{ atMs: 300, answers: new Map() }]);
  });

  it('stays small in a long watch and loses no answer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_000, max: 9_000 }), (looks) => {
        const tally = createTrafficTally();
        for (let look = 0; look <= looks; look += 1)
          tally.add(look * 300, slots({ slot1: 'a:5001' }), counters({ slot1: look * 3 }));

        expect(tally.samples().length).toBeLessThanOrEqual(2_000);
        expect(sum(tally.samples()).get('a:5001')).toBe(looks * 3);
      }),
      { numRuns: 10 },
    );
  });
});

describe('the chart', () => {
  it('stacks instances in the order of their first answer, and their shares make the whole', () => {
    const chart = chartOf(swap);

    expect(chart?.bands.map(({ endpoint, digest: of, answers }) => [endpoint, of, answers])).toEqual([
      ['a:5001', digest('9'), 600],
      ['a:5002', digest('9'), 1_200],
      ['a:5003', digest('a'), 600],
    ]);
    expect(chart?.bands.map(({ edges }) => edges[0])).toEqual([
      [0, 0.5],
      [0.5, 1],
      [1, 1],
    ]);
    expect(chart?.bands.map(({ edges }) => edges.at(-1))).toEqual([
      [0, 0],
      [0, 0.5],
      [0.5, 1],
    ]);
  });

  it('begins with the first answer and ends with the last', () => {
    const idle = { atMs: 0, answers: new Map() };
    const samples = [idle, ...swap.samples.map((each) => ({ ...each, atMs: each.atMs + 900 })), idle];

    expect(chartOf({ ...swap, samples })).toMatchObject({ fromMs: 900, untilMs: 900 + 39 * 300 });
  });

  it('joins samples that it has no room for', () => {
    const samples = Array.from({ length: 999 }, (_, index) => ({
      atMs: index,
      answers: new Map([['a:1', 1]]),
    }));

    expect(chartOf({ ...swap, samples })?.bands[0]?.edges).toHaveLength(200);
    expect(chartOf({ ...swap, samples })?.bands[0]?.answers).toBe(999);
  });

  it.each<[string, TrafficReport | null]>([
    ['no watch', null],
    ['a watch that saw nothing', { ...swap, samples: [] }],
    ['a watch that saw one moment', { ...swap, samples: swap.samples.slice(0, 1) }],
  ])('is left out after %s', (_, report) => {
    expect(traffic(report).text).toBe('');
  });

  it('gives instances of one image one colour, and another image another one', () => {
    const tones = [...traffic(swap).text.matchAll(/<path class="(tone\d)"/g)].map(([, tone]) => tone);

    expect(tones).toEqual(['tone0', 'tone0', 'tone1']);
  });
});
