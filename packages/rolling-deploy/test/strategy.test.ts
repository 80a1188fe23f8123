// The input `strategy`: what is understood, and what is refused before anything is touched.
import { InputError } from '@headgate/kit/errors';
import { parseYaml } from '@headgate/kit/yaml';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Amount, defaultStrategy, parseStrategy } from '../src/strategy.js';

const instances = (value: number): Amount => ({ value, unit: 'instances' });
const percent = (value: number): Amount => ({ value, unit: 'percent' });

const analysis = {
  detect: 0.01,
  power: 0.95,
  latency: null,
  undecided: 'pass',
  extendMs: 600_000,
  prometheus: null,
};
const fromYaml = (text: string): unknown => parseYaml(text, { source: 'strategy' });
const judged = { analysis, pauseDeadlineMs: 3_600_000 };

describe('a strategy', () => {
  it.each([
    [undefined, defaultStrategy],
    ['', defaultStrategy],
    ['rolling', defaultStrategy],
    [{}, defaultStrategy],
    [
      { type: 'rolling', surge: '25%', unavailable: 1, batch: 2 },
      { kind: 'rolling', surge: percent(25), unavailable: instances(1), batch: instances(2) },
    ],
    ['blue-green', { kind: 'blue-green', warmMs: 30_000 }],
    [
      { type: 'blue-green', 'keep-warm': '5m' },
      { kind: 'blue-green', warmMs: 300_000 },
    ],
    [
      { type: 'canary', steps: ['5% for 2m', '25% for 5m', '100%'] },
      {
        kind: 'canary',
        ...judged,
        steps: [
          { percent: 5, forMs: 120_000 },
          { percent: 25, forMs: 300_000 },
          { percent: 100, forMs: null },
        ],
      },
    ],
    [
      { type: 'canary', steps: '0.5% for 30s' },
      {
        kind: 'canary',
        ...judged,
        steps: [
          { percent: 0.5, forMs: 30_000 },
          { percent: 100, forMs: null },
        ],
      },
    ],
    [
      {
        type: 'canary',
        steps: ['5% for 2m', { pause: '10m' }, '25% for 5m', { pause: 'approval' }, '100%'],
        'pause-deadline': '30m',
      },
      {
        kind: 'canary',
        analysis,
        pauseDeadlineMs: 1_800_000,
        steps: [
          { percent: 5, forMs: 120_000, pauses: [{ kind: 'time', forMs: 600_000 }] },
          { percent: 25, forMs: 300_000, pauses: [{ kind: 'approval' }] },
          { percent: 100, forMs: null },
        ],
      },
    ],
    [
      { type: 'canary', steps: '5% for 2m, 25% for 5m, pause: approval, 100%' },
      {
        kind: 'canary',
        ...judged,
        steps: [
          { percent: 5, forMs: 120_000 },
          { percent: 25, forMs: 300_000, pauses: [{ kind: 'approval' }] },
          { percent: 100, forMs: null },
        ],
      },
    ],
    [
      {
        type: 'canary',
        steps: '100%',
        analysis: {
          detect: '0.5%',
          power: '99%',
          undecided: 'extend',
          'extend-for': '1h',
          latency: { worse: '50ms' },
        },
      },
      {
        kind: 'canary',
        steps: [{ percent: 100, forMs: null }],
        pauseDeadlineMs: 3_600_000,
        analysis: {
          detect: 0.005,
          power: 0.99,
          undecided: 'extend',
          extendMs: 3_600_000,
          latency: { quantile: 0.5, worse: { value: 50, unit: 'ms' } },
          prometheus: null,
        },
      },
    ],
    [
      fromYaml('{type: ab, cookie: variant, value: b, for: 10m, then: back, map: /etc/haproxy/ab.map}'),
      {
        kind: 'ab',
        sign: { kind: 'cookie', name: 'variant', value: 'b' },
        map: '/etc/haproxy/ab.map',
        forMs: 600_000,
        ending: 'back',
        analysis,
      },
    ],
  ])('%j', (given, strategy) => {
    expect(parseStrategy(given)).toEqual(strategy);
  });

  it.each<readonly [unknown, string, string]>([
    ['canari', 'type "canari" is none', 'Write canary.'],
    [{ type: 'rolling', surg: 1 }, 'rolling has no member "surg"', 'Write surge.'],
    [{ type: 'canary', surge: 1 }, 'canary has no member "surge"', 'Write'],
    [{ surge: 0 }, 'surge 0 with unavailable 0 would replace nothing', 'Set surge or unavailable'],
    [{ batch: 0 }, 'batch 0 would replace nothing', 'Set batch'],
    [{ surge: -1 }, 'surge: a number of instances', 'surge: 25%'],
    [{ surge: '101%' }, 'a share up to 100%', 'surge: 1'],
    [{ type: 'blue-green', 'keep-warm': 'long' }, 'keep-warm: a time was expected, "long"', '30s'],
    [{ type: 'canary' }, 'steps: a share of 0.01 to 100', '5% for 2m'],
    [
      { type: 'canary', steps: ['50% for 1m', '20% for 1m'] },
      'steps: 20% comes after 50%',
      'steps that grow',
    ],
    [
      { type: 'canary', steps: ['20% for 1m', '20% for 1m'] },
      'steps: 20% comes after 20%',
      'steps that grow',
    ],
    [{ type: 'canary', steps: ['5%'] }, 'a share of 0.01 to 100 and its time', '5% for 2m'],
    [{ type: 'canary', steps: ['0% for 1m'] }, 'a share of 0.01 to 100', '5% for 2m'],
    [[], 'a type or a map was expected', 'type: rolling'],
    [
      { type: 'canary', steps: ['5% for 2m', 'pause: approval'] },
      'nothing comes after the last pause',
      '100%',
    ],
    [{ type: 'canary', steps: [{ pause: '1m' }, '100%'] }, 'nothing to pause at', 'pause: approval'],
    [{ type: 'canary', steps: ['5% for 2m', { pause: 'soon' }, '100%'] }, 'pause: a time', '30s'],
    [{ type: 'canary', steps: ['5% for 2m', { pause: '0' }, '100%'] }, 'longer than 0', '10m'],
    [{ type: 'canary', steps: ['5% for 2m', { wait: '1m' }, '100%'] }, 'a share or a pause', '5% for 2m'],
    [{ type: 'canary', steps: '100%', analysis: { detec: '1%' } }, 'no member "detec"', 'Write detect.'],
    [{ type: 'canary', steps: '100%', analysis: { detect: '0%' } }, 'detect: a share', '5%'],
    [{ type: 'canary', steps: '100%', analysis: { undecided: 'wait' } }, 'undecided "wait" is none', 'pass'],
    [
      { type: 'canary', steps: '100%', analysis: { latency: { quantile: '99%' } } },
      'the proxy knows averages only',
      'prometheus',
    ],
    [
      { type: 'canary', steps: '100%', analysis: { prometheus: { url: 'http://u:p@host' } } },
      'canary-total is missing',
      'canary-total',
    ],
    [{ type: 'ab', value: 'b', for: '1m' }, 'neither header nor cookie', 'header: X-Variant'],
    [{ type: 'ab', header: 'X', cookie: 'x', value: 'b', for: '1m' }, 'both header and cookie', 'one'],
    [{ type: 'ab', header: 'X\nY', value: 'b', for: '1m' }, 'header: a name of letters', 'header'],
    [{ type: 'ab', header: 'X', value: 'b;clear map', for: '1m' }, 'value: a text of letters', 'value'],
    [{ type: 'ab', header: 'X', value: 'b\u0000', for: '1m' }, 'value: a text of letters', 'value'],
    [{ type: 'ab', header: 'X', value: 'b', for: '1m', map: 'ab.map' }, 'map: an absolute path', 'map'],
    [{ type: 'ab', header: 'X', value: 'b' }, 'for: a time was expected', '30s'],
    [fromYaml('{type: ab, header: X, value: b, for: 1m, then: undo}'), 'then "undo" is none', 'promote'],
  ])('%j is refused with its cure', (given, problem, cure) => {
    expect.assertions(3);
    try {
      parseStrategy(given);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).message).toContain(problem);
      expect((error as InputError).hint).toContain(cure);
    }
  });

  it('is a strategy or an input error for anything', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        try {
          expect(parseStrategy(given).kind).toBeTruthy();
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
