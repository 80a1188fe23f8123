// The strategy of a target: what rolling-deploy is told of it, and of the people whom its pauses wait for.
import { describe, expect, it } from '@jest/globals';
import { decide } from '../src/decide.js';
import type { Settings } from '../src/decision.js';
import { readConfiguration } from '../src/read.js';
import { factsOf, fleet, fleetFiles, readFleet } from './fixtures.js';

const place = '        tests:\n          smoke:';
const canary = '{type: canary, steps: [5% for 2m, {pause: approval}, "pause: 10m", 100%]}';
const approval = `    approval:
      groups:
        engineering: {members: [ada, ben]}
        operations: {members: [ben, cleo]}
      exclude: []
      interval: 2s
`;

/** Of staging's target. */
function settingsOf(
  strategy: string,
  approvedBy = '',
  variables: Readonly<Record<string, string>> = {},
): Settings | undefined {
  const text = fleet
    .replace(place, `        strategy: ${strategy}\n${place}`)
    .replace('  production:\n', `${approvedBy}  production:\n`);
  const facts = factsOf({
    event: { kind: 'push', branch: 'release/1.3.0' },
    ref: 'refs/heads/release/1.3.0',
    variables: new Map([...factsOf().variables, ...Object.entries(variables)]),
  });
  return decide(facts, readFleet(text)).targets[0]?.settings;
}

describe('a strategy that pauses for an approval', () => {
  it('waits for the people of the environment, each named once, and looks as often as its approval does', () => {
    expect(settingsOf(canary, approval)).toMatchObject({
      strategy: { type: 'canary', steps: ['5% for 2m', { pause: 'approval' }, 'pause: 10m', '100%'] },
      approvers: ['ada', 'ben', 'cleo'],
      'approvers-exclude': ['none'],
      'approvers-interval': '2s',
    });
  });

  it('is refused where nobody is named', () => {
    const text = fleet.replace(place, `        strategy: ${canary}\n${place}`);

    expect(() => readConfiguration(text, 'headgate.yml', fleetFiles)).toThrow(
      'nobody is named who could approve',
    );
  });
});

it('a strategy that waits for nobody names nobody', () => {
  const settings = settingsOf('{type: canary, steps: [5% for 2m, 100%]}', approval);

  expect(settings?.['strategy']).toEqual({ type: 'canary', steps: ['5% for 2m', '100%'] });
  expect(Object.keys(settings ?? {}).filter((key) => key.startsWith('approvers'))).toEqual([]);
});

describe('the map of A/B', () => {
  const ab = (map: string): string => `{type: ab, header: X-Variant, value: b, for: 1h${map}}`;

  it.each([
    ['', undefined],
    [', map: /srv/ab.map', '/srv/ab.map'],
    [', map: {var: AB_MAP}', '/srv/variable.map'],
    [', map: {var: OTHER, default: /srv/default.map}', '/srv/default.map'],
  ])('written as %j is told as %s', (map, told) => {
    const settings = settingsOf(ab(map), '', { AB_MAP: '/srv/variable.map' });

    expect(settings?.['strategy']).toEqual({
      type: 'ab',
      header: 'X-Variant',
      value: 'b',
      for: '1h',
      ...(told === undefined ? {} : { map: told }),
    });
  });

  it('needs its variable, and a path in it', () => {
    const named = ab(', map: {var: AB_MAP}');

    expect(() => settingsOf(named)).toThrow(
      '`environments.staging.targets.web.strategy.map` needs the variable AB_MAP, which is not set',
    );
    expect(() => settingsOf(named, '', { AB_MAP: '/srv/a b' })).toThrow(
      'environments.staging.targets.web.strategy.map: an absolute path of letters',
    );
  });

  it('written as no path is refused where it stands', () => {
    expect(() => settingsOf(ab(', map: ab.map'))).toThrow('an absolute path of letters');
  });
});
