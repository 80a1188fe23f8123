// Who gets the traffic: in words for each change, as a table and as a picture at the end.
import { createFakeClock } from '@headgate/kit/testing/clock';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TrafficPoint, TrafficRow } from '../src/traffic-book.js';
import { instanceTable, sampled, shareOf, trafficPicture } from '../src/traffic-picture.js';
import { recordTraffic } from '../src/traffic-record.js';
import { liveTable } from '../src/traffic-table.js';
import { roll } from './roll.js';
import { createFakeWorld, wantedRevision } from './world.js';

const row = (name: string, isFresh: boolean, weight: number, more: Partial<TrafficRow> = {}): TrafficRow => {
  return { name, isFresh, weight, running: true, responses: 0, errors: 0, health: 'healthy', ...more };
};

describe('the share of the new version', () => {
  it.each<readonly [readonly TrafficRow[], number | null, string]>([
    [[], null, 'traffic: nothing serves'],
    [[row('a', false, 1)], 0, 'traffic: 0 % to the new version'],
    [[row('n', true, 1), row('a', false, 1), row('b', false, 0)], 50, 'traffic: 50 % to the new version'],
    [[row('n', true, 1 / 19), row('a', false, 1)], 5, 'traffic: 5 % to the new version'],
    [[row('n', true, 1)], 100, 'traffic: 100 % to the new version'],
  ])('of %j', (rows, share, line) => {
    expect(shareOf(rows)?.toFixed(6)).toBe(share?.toFixed(6));
    expect(liveTable(rows)[0]).toBe(line);
  });

  it('is from 0 to 100 whatever the weights', () => {
    const rows = fc.array(
      fc.record({ isFresh: fc.boolean(), weight: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(rows, (some) => {
        const share = shareOf(some) ?? 0;
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(100.000001);
      }),
    );
  });
});

describe('the picture', () => {
  const points: readonly TrafficPoint[] = [
    { at: 1_000, percent: 0 },
    { at: 11_000, percent: 25 },
    { at: 21_000, percent: null },
    { at: 31_000, percent: 100 },
  ];

  it('samples what was so at each time', () => {
    expect(sampled(points, 7)).toEqual([0, 0, 25, 25, null, null, 100]);
  });

  it('is a chart that mermaid draws', () => {
    const picture = trafficPicture(points);
    expect(picture).toMatch(/^```mermaid\nxychart-beta\n/);
    expect(picture).toContain('x-axis "seconds" 0 --> 30.0');
    expect(picture).toMatch(/line \[(\d+, ){39}100\]\n```/);
  });

  it('is not there where nothing changed', () => {
    expect(trafficPicture([])).toBe('');
    expect(trafficPicture(points.slice(0, 1))).toBe('');
    expect(trafficPicture([points[0], { at: 9_000, percent: 0 }].flatMap((point) => point ?? []))).toBe('');
  });

  it('samples the last value last, for any points', () => {
    const times = fc.array(fc.tuple(fc.nat(1e6), fc.nat(100)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, fc.integer({ min: 2, max: 50 }), (pairs, count) => {
        const sorted = pairs.sort(([a], [b]) => a - b).map(([at, percent]) => ({ at, percent }));
        const values = sampled(sorted, count);
        expect(values).toHaveLength(count);
        expect(values.at(-1)).toBe(sorted.at(-1)?.percent);
      }),
    );
  });
});

it('the table names each instance that serves, served or stands ready', () => {
  const text = instanceTable(
    [
      row('new-1', true, 1, { responses: 20, errors: 1 }),
      row('old-1', false, 0, { running: false, responses: 7, health: 'ended with secret' }),
      row('old-2', false, 0, { health: '' }),
      row('old-3', false, 0, { running: false }),
    ],
    (words) => words.replace('secret', '***'),
  );
  expect(text).toContain('| `new-1` | new | 100 % | 20 | 1 | healthy |');
  expect(text).toMatch(/`old-1` \| former \| stopped \| 7 \| 0 \| ended with .*\*/);
  expect(text).toContain('| `old-2` | former | none | 0 | 0 |');
  expect(text).not.toMatch(/old-3|secret/);
});

describe('the live table', () => {
  it('has a line for each instance that serves, served or stands ready, aligned', () => {
    const rows = [
      row('web-new', true, 1, { responses: 1234, errors: 7 }),
      row('web-warm', true, 0, { health: '200' }),
      row('web-former-1', false, 3, { responses: 9 }),
      row('web-former-2', false, 0, { running: false, responses: 20, health: 'ended' }),
      row('web-former-3', false, 0, { running: false }),
    ];

    expect(liveTable(rows)).toEqual([
      'traffic: 25 % to the new version',
      '  instance      version  traffic  answers  errors  health',
      '  web-new       new         25 %     1234       7  healthy',
      '  web-warm      new         none        0       0  200',
      '  web-former-1  former      75 %        9       0  healthy',
      '  web-former-2  former   stopped       20       0  ended',
    ]);
  });

  it('is no command to a runner, whatever names and health checks say', () => {
    const hostile = [
      '::error::x',
      'a\n::add-mask::b',
      '##[error]c',
      '\u001b[31mred',
      `long${'g'.repeat(500)}`,
    ];
    fc.assert(
      fc.property(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }), (name, health) => {
        const lines = liveTable([row(name, true, 1, { health })]);
        expect(lines).toHaveLength(3);
        for (const line of lines) {
          expect(line).not.toMatch(/^\s*::|##\[|\p{Cc}/u);
          expect(line.length).toBeLessThan(200);
        }
      }),
    );
  });
});

describe('a record of a roll-out', () => {
  it('shows the figures of a long wait every few seconds, and not what has not changed', async () => {
    const one = { revision: 'old', createdAt: 0, vice: 'none', running: true, traffic: 'in' } as const;
    const world = createFakeWorld({ instances: [one] });
    const clock = createFakeClock();
    const tables: string[][] = [];
    const log = (line: string): void => {
      if (line.startsWith('traffic')) tables.push([]);
      tables.at(-1)?.push(line);
    };
    let responses = 100;
    const counters = async () => ({ responses, errors: 1, sessions: 0 });
    const { target } = recordTraffic({ ...world, counters }, { clock, revision: wantedRevision, log });
    const [instance] = (await target.read()).instances;
    if (instance === undefined) throw new Error('nothing serves');

    for (let second = 0; second < 12; second += 1) {
      await target.counters(instance);
      responses += 10;
      await clock.sleep(1_000);
    }
    responses -= 10;
    for (let second = 0; second < 20; second += 1) {
      await clock.sleep(1_000);
      await target.counters(instance);
    }

    const answers = tables.map(([, , line]) => /100 %\s+(\d+)\s/.exec(line ?? '')?.[1]);
    expect(answers).toEqual(['0', '50', '100', '110']);
  });

  it('has a line for each change and ends with the version that serves; nothing else is asked of the target', async () => {
    const instances = [0, 1].map((at) => {
      return { revision: 'old', createdAt: at, vice: 'none', running: true, traffic: 'in' } as const;
    });
    const plain = createFakeWorld({ instances });
    await roll(plain, { instances: 2 });
    const world = createFakeWorld({ instances });
    const lines: string[] = [];
    const clock = createFakeClock();
    const { target, record } = recordTraffic(world, {
      clock,
      revision: wantedRevision,
      log: (line) => lines.push(line),
    });

    const { result } = await roll({ ...world, ...target }, { instances: 2 });

    expect(result?.outcome).toBe('deployed');
    expect(world.operations).toEqual(plain.operations);
    expect(lines.filter((line) => line.startsWith('traffic'))).toEqual([
      'traffic: 0 % to the new version',
      'traffic: 33 % to the new version',
      'traffic: 50 % to the new version',
      'traffic: 67 % to the new version',
      'traffic: 100 % to the new version',
    ]);
    expect(record.points().at(-1)?.percent).toBe(100);
    expect(record.rows().map(({ isFresh, weight }) => [isFresh, weight > 0])).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, false],
    ]);
  });
});
