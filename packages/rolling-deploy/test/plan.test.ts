// Plans of steps from worlds.
import { describe, expect, it } from '@jest/globals';
import { planRecovery, planRollout } from '../src/plan.js';
import { planRounds } from '../src/rounds.js';
import { defaultStrategy } from '../src/strategy.js';
import type { Instance, Traffic, World } from '../src/target.js';

/** `A1:in` is the first instance of version A, in traffic; `A1:stopped` a kept one. */
function world(...names: readonly string[]): World {
  const instances = names.map((text, index): Instance => {
    const [name = '', state = 'in'] = text.split(':');
    const traffic: Traffic = state === 'in' || state === 'draining' ? state : 'out';
    const revision = name.charAt(0);
    return {
      id: name,
      name,
      revision,
      digest: revision,
      createdAt: index,
      startedAt: index,
      running: state !== 'stopped',
      restarts: 0,
      traffic,
    };
  });
  return { instances, notices: [] };
}

const names = (instances: readonly Instance[]): readonly string[] => instances.map(({ name }) => name);

describe('the plan of a roll-out', () => {
  it.each([
    ['a first deployment, all at once', world(), 3, [['start', []]]],
    [
      'more of the same version, those that are missing at once',
      world('B1'),
      3,
      [
        ['B1', []],
        ['start', []],
      ],
    ],
    [
      'a new version',
      world('A1', 'A2'),
      2,
      [
        ['start', ['A1']],
        ['start', ['A2']],
      ],
    ],
    ['fewer instances than before', world('A1', 'A2', 'A3'), 1, [['start', ['A1', 'A2', 'A3']]]],
    [
      'more instances than before',
      world('A1'),
      2,
      [
        ['start', ['A1']],
        ['start', []],
      ],
    ],
    [
      'a run that was lost half-way',
      world('A1', 'A2:stopped', 'B1'),
      2,
      [
        ['B1', ['A1']],
        ['start', []],
      ],
    ],
    ['fewer of the same version', world('B1', 'B2'), 1, [['B1', ['B2']]]],
  ])('for %s', (_, given, instances, swaps) => {
    const plan = planRollout(given, { revision: 'B', instances });

    const rounds = planRounds({ ...plan, wanted: instances }, defaultStrategy);
    expect(rounds.map(({ keep, replace }) => [keep?.name ?? 'start', names(replace)])).toEqual(swaps);
    expect(plan.unchanged).toBe(false);
  });

  it('is nothing when the wanted version serves alone', () => {
    expect(planRollout(world('A1:stopped', 'B1', 'B2'), { revision: 'B', instances: 2 }).unchanged).toBe(
      true,
    );
  });

  it('would come back to the version that has served longest', () => {
    const plan = planRollout(world('A1', 'B1'), { revision: 'C', instances: 1 });

    expect([plan.baseline, names(plan.former), names(plan.strangers)]).toEqual(['A', ['A1'], ['B1']]);
  });
});

describe('the plan of a recovery', () => {
  it.each([
    ['nothing to do', world('A1', 'A2:stopped'), [[], [], []]],
    ['a half-started instance', world('A1', 'B1:out'), [[], [], ['B1']]],
    ['a third version in traffic', world('A1', 'C1'), [[], ['C1'], []]],
    ['the wanted version in traffic beside the former', world('A1', 'B1'), [[], [], []]],
    ['one still draining', world('A1:draining', 'B1'), [[], ['A1'], []]],
    ['nothing in traffic, one draining', world('A1:draining', 'B1:out'), [['A1'], [], []]],
    ['nothing in traffic at all', world('A1:out', 'B1:out', 'A2:out'), [['A1', 'A2'], [], []]],
  ])('for %s', (_, given, [readmit, retire, remove]) => {
    const plan = planRecovery(given, { revision: 'B', instances: 1 });

    expect([names(plan.readmit), names(plan.retire), names(plan.remove)]).toEqual([readmit, retire, remove]);
  });
});
