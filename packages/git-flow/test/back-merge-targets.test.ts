// Where a release is merged back to.
import type { Branches } from '@headgate/configuration/schema';
import { describe, expect, it } from '@jest/globals';
import { backMergeTargets } from '../src/back-merge-targets.js';

const branches: Branches = {
  production: 'master',
  development: 'develop',
  feature: 'feature/',
  release: 'release/',
  hotfix: 'hotfix/',
  support: 'support/',
};

const known = [
  'develop',
  'master',
  'support/1.0',
  'hotfix/1.0.2',
  'release/1.10.0',
  'release/1.2.0',
  'release/1.0.1',
  'release/0.9.0',
  'release/1.1.0',
  'release/next',
];
const tags = ['v1.0.0', 'v1.1.0', 'other'];

describe('backMergeTargets', () => {
  it.each([
    ['a release goes to development alone', false, '1.1.0', ['develop']],
    [
      'a hotfix also to every release that may still come, by number',
      true,
      '1.1.1',
      ['develop', 'release/1.2.0', 'release/1.10.0'],
    ],
    ['nothing goes to its own branch', true, '1.2.0', ['develop', 'release/1.10.0']],
    [
      'a tag above closes the releases below it',
      true,
      '1.0.2',
      ['develop', 'release/1.2.0', 'release/1.10.0'],
    ],
  ])('%s', (_name, hotfix, version, targets) => {
    expect(backMergeTargets({ branches, hotfix, version, known, tags })).toEqual(targets);
  });

  it('never to a support branch, nor to production, whatever they are called', () => {
    const odd: Branches = { ...branches, support: 'release/support-' };

    const found = backMergeTargets({
      branches: odd,
      hotfix: true,
      version: '1.0.1',
      known: ['master', 'release/support-2.0.0', 'support/2.0.0'],
      tags: [],
    });

    expect(found).toEqual(['develop']);
  });
});
