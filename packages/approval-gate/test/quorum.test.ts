// The assignment of people to groups, held against trying everything.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { requireQuorum } from '../src/eligibility.js';
import type { Group } from '../src/policy.js';
import { assign } from '../src/quorum.js';

const group = (name: string, members: readonly string[], quorum = 1): Group => ({ name, members, quorum });

describe('people and groups', () => {
  it.each<[string, readonly Group[], readonly string[], boolean]>([
    ['nobody is not enough', [group('a', ['x'])], [], false],
    ['one of one is', [group('a', ['x'])], ['x'], true],
    ['a stranger is nobody', [group('a', ['x'])], ['y'], false],
    ['case does not count', [group('a', ['Ada'])], ['aDA'], true],
    ['somebody who says it twice counts once', [group('a', ['x', 'y'], 2)], ['x', 'X'], false],
    ['one person stands for one group only', [group('a', ['x']), group('b', ['x'])], ['x'], false],
    [
      'who fits both gives way to who fits one',
      [group('a', ['x', 'y']), group('b', ['x'])],
      ['x', 'y'],
      true,
    ],
    ['and the other way round', [group('a', ['x']), group('b', ['x', 'y'])], ['x', 'y'], true],
    [
      'a chain of three is found',
      [group('a', ['x', 'y']), group('b', ['y', 'z']), group('c', ['x'])],
      ['x', 'y', 'z'],
      true,
    ],
  ])('%s', (_name, groups, people, complete) => {
    expect(assign(groups, people).complete).toBe(complete);
  });

  it('are shared out as well as can be, in ten thousand cases', () => {
    const names = ['p', 'q', 'r', 's'];
    const groups = fc
      .array(
        fc.record({ members: fc.subarray(names, { minLength: 1 }), quorum: fc.integer({ min: 1, max: 3 }) }),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((list) =>
        list.map(({ members, quorum }, index) =>
          group(`g${index}`, members, Math.min(quorum, members.length)),
        ),
      );
    fc.assert(
      fc.property(groups, fc.shuffledSubarray(names), (list, people) => {
        const { people: found, open, complete } = assign(list, people);
        const taken = (name: string): number => [...found.values()].filter((one) => one === name).length;
        const places = list.reduce((sum, { quorum }) => sum + quorum, 0);
        const fits =
          [...found].every(([login, name]) =>
            list.find((one) => one.name === name)?.members.includes(login),
          ) &&
          [...found.keys()].every((login) => people.includes(login)) &&
          list.every(({ name, quorum }) => taken(name) <= quorum) &&
          open.every(
            ({ group: name, missing }) =>
              missing === (list.find((one) => one.name === name)?.quorum ?? 0) - taken(name),
          );

        // One comparison a case: ten thousand cases with many would take longer than everything else together.
        return (
          fits &&
          found.size === best(list, people) &&
          complete === (found.size === places) &&
          complete === (open.length === 0)
        );
      }),
      { numRuns: 10_000 },
    );
  });
});

/** Tries every way to give each person to some group or to none. */
function best(groups: readonly Group[], people: readonly string[]): number {
  const [first, ...rest] = people;
  if (first === undefined) return 0;
  const ways = groups.flatMap((one, index) =>
    one.quorum > 0 && one.members.includes(first)
      ? [
          1 +
            best(
              groups.map((other, at) => (at === index ? { ...other, quorum: other.quorum - 1 } : other)),
              rest,
            ),
        ]
      : [],
  );
  return Math.max(best(groups, rest), ...ways);
}

describe('a quorum that nobody could reach', () => {
  const excluded = new Map([
    ['ada', 'started this run'],
    ['grace', 'merged the pull request'],
  ]);

  it('is refused with the group, the people and the reasons', () => {
    const groups = [group('engineering', ['Ada', 'Grace', 'linus'], 2), group('operations', ['max'])];

    expect(() => requireQuorum(groups, excluded, 'production')).toThrow(
      expect.objectContaining({
        code: 'quorum-impossible',
        message:
          'enough people to approve production were expected: engineering needs 2 and 1 may approve (Ada started this run, Grace merged the pull request)',
      }),
    );
  });

  it('is refused when each group has people, but they are the same', () => {
    const groups = [group('engineering', ['linus', 'ada']), group('operations', ['linus', 'grace'])];

    expect(() => requireQuorum(groups, excluded, 'production')).toThrow(
      'operations lacks 1, as one person counts for one group only and linus are all there are',
    );
  });

  it('is no fault of people who are excluded but not needed', () => {
    expect(() => requireQuorum([group('a', ['ada', 'linus'])], excluded, 'production')).not.toThrow();
  });
});
