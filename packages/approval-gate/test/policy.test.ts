// Groups as people write them, and the digest that names a policy.
import { InputError } from '@headgate/kit/errors';
import { describe, expect, it } from '@jest/globals';
import { type Policy, parseGroups, policyDigest } from '../src/policy.js';

describe('groups', () => {
  it('have members, each once, and a quorum of one unless said', () => {
    expect(
      parseGroups({
        engineering: { members: ['@ada', 'Grace', 'ADA'] },
        ops: { members: ['x-y', 'm_co'], quorum: 2 },
      }),
    ).toEqual([
      { name: 'engineering', members: ['ada', 'Grace'], quorum: 1 },
      { name: 'ops', members: ['x-y', 'm_co'], quorum: 2 },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, 'groups'],
    ['a list', [], 'groups'],
    ['no group', {}, 'groups'],
    ['no members', { a: {} }, 'groups.a.members'],
    ['an empty list', { a: { members: [] } }, 'groups.a.members'],
    ['a team', { a: { members: ['acme/ops'] } }, 'groups.a.members'],
    ['a bot', { a: { members: ['github-actions[bot]'] } }, 'groups.a.members'],
    ['markup as a login', { a: { members: ['<b>'] } }, 'groups.a.members'],
    ['a quorum of none', { a: { members: ['x'], quorum: 0 } }, 'groups.a.quorum'],
    ['a quorum above the members', { a: { members: ['x', 'X'], quorum: 2 } }, 'groups.a.quorum'],
    ['a quorum in words', { a: { members: ['x'], quorum: '1' } }, 'groups.a.quorum'],
    ['an unknown member', { a: { members: ['x'], minimum: 1 } }, 'groups.a'],
    ['a name with markup', { 'a|b': { members: ['x'] } }, 'groups'],
    ['too many people', { a: { members: Array.from({ length: 501 }, (_, index) => `p${index}`) } }, 'groups'],
  ])('with %s are refused by name', (_name, value, input) => {
    expect(() => parseGroups(value)).toThrow(expect.objectContaining({ input }));
    expect(() => parseGroups(value)).toThrow(InputError);
  });
});

describe('a policy', () => {
  const policy: Policy = {
    groups: [
      { name: 'a', members: ['x', 'y'], quorum: 1 },
      { name: 'b', members: ['z'], quorum: 1 },
    ],
    exclude: ['actor', 'merger'],
    excludeAuthors: false,
    expires: 1000,
  };

  it('has the same name in any order and case', () => {
    const other: Policy = {
      ...policy,
      groups: [
        { name: 'b', members: ['Z'], quorum: 1 },
        { name: 'a', members: ['Y', 'x'], quorum: 1 },
      ],
      exclude: ['merger', 'actor'],
    };
    expect(policyDigest(other)).toBe(policyDigest(policy));
  });

  it.each<[string, Partial<Policy>]>([
    ['people', { groups: [{ name: 'a', members: ['x'], quorum: 1 }] }],
    [
      'a quorum',
      {
        groups: [
          { name: 'a', members: ['x', 'y'], quorum: 2 },
          { name: 'b', members: ['z'], quorum: 1 },
        ],
      },
    ],
    ['exclusions', { exclude: [] }],
    ['authors', { excludeAuthors: true }],
    ['time', { expires: 1001 }],
  ])('has another name with other %s', (_name, change) => {
    expect(policyDigest({ ...policy, ...change })).not.toBe(policyDigest(policy));
  });
});
