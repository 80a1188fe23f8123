// What may be released beside what is released and on its way.
import { describe, expect, it } from '@jest/globals';
import type { Branches } from '../src/schema.js';
import { type Claim, claimsIn, versionObjection } from '../src/version-claims.js';

const branches: Branches = {
  production: 'main',
  development: 'trunk',
  feature: 'topic/',
  release: 'rel/',
  hotfix: 'fix/',
  support: 'sup/',
};

function objection(branch: string, open: readonly string[], tags: readonly string[] = ['v1.0.0', 'v1.2.3']) {
  const [own] = claimsIn([branch], branches);
  const others = claimsIn(open, branches);
  return versionObjection(own as Claim, { released: [...tags, 'v0.9.9'], production: tags, others });
}

describe('a number', () => {
  it.each([
    ['rel/1.3.0', null],
    ['rel/2.0.0', null],
    ['rel/1.2.3', '1.2.3 is released already'],
    ['rel/0.9.9', '0.9.9 is released already'],
    ['rel/1.1.0', '1.1.0 is below the last release, 1.2.3'],
    ['fix/1.2.4', null],
    ['fix/1.2.5', 'hotfix 1.2.5 is not the patch after 1.2.3, which is 1.2.4'],
    ['fix/1.3.0', 'hotfix 1.3.0 is not the patch after 1.2.3, which is 1.2.4'],
  ])('%s after v1.2.3: %j', (branch, expected) => {
    expect(objection(branch, [])).toBe(expected);
  });

  it('of a first hotfix has nothing to fix', () => {
    expect(objection('fix/0.0.1', [], [])).toContain('no release before it');
  });

  it('that another line has released is taken, and that line does not say what comes next', () => {
    const [own] = claimsIn(['rel/1.3.0'], branches);
    const lines = { production: ['v1.2.3'], others: [] };

    expect(versionObjection(own as Claim, { ...lines, released: ['v1.2.3', 'v4.0.0'] })).toBeNull();
    expect(versionObjection(own as Claim, { ...lines, released: ['v1.2.3', 'v1.3.0'] })).toBe(
      '1.3.0 is released already',
    );
  });
});

describe('branches that are open at once', () => {
  it.each([
    ['a second hotfix comes after the first', 'fix/1.2.5', ['fix/1.2.4'], null],
    ['a third one after both', 'fix/1.2.6', ['fix/1.2.4', 'fix/1.2.5'], null],
    ['the first stays the first', 'fix/1.2.4', ['fix/1.2.5', 'fix/1.2.6'], null],
    ['the one in between stays', 'fix/1.2.5', ['fix/1.2.6', 'fix/1.2.4'], null],
    [
      'a hotfix may not leave out a number',
      'fix/1.2.6',
      ['fix/1.2.4'],
      'hotfix 1.2.6 is not the patch after 1.2.3 and fix/1.2.4, which is 1.2.5',
    ],
    [
      'a release and a hotfix may not claim one number',
      'rel/1.2.4',
      ['fix/1.2.4'],
      '1.2.4 is claimed by the branch fix/1.2.4 too',
    ],
    [
      'nor a hotfix that of a release',
      'fix/1.2.4',
      ['rel/1.2.4'],
      '1.2.4 is claimed by the branch rel/1.2.4 too',
    ],
    [
      'two releases with their own numbers do not meet',
      'rel/1.3.0',
      ['rel/1.4.0', 'rel/next', 'topic/1.3.0', 'sup/1.3.0'],
      null,
    ],
    [
      'a hotfix that was forgotten after its release counts no more',
      'fix/1.2.4',
      ['fix/1.2.3', 'fix/1.2.2'],
      null,
    ],
    ['a hotfix of another number of releases does not count', 'fix/1.2.4', ['fix/1.1.4'], null],
  ])('%s', (_name, branch, open, expected) => {
    expect(objection(branch, open)).toBe(expected);
  });
});
