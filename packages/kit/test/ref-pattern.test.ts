// Names of branches and tags against the patterns of rulesets.
import { describe, expect, it } from '@jest/globals';
import { matchesRefPattern } from '../src/ref-pattern.js';

describe('matchesRefPattern', () => {
  it.each([
    ['develop', 'develop', true],
    ['release/*', 'release/1.0.0', true],
    ['release/*', 'release/1/2', false],
    ['release/**', 'release/1/2', true],
    ['v1.0', 'v1x0', false],
    ['v?', 'v1', true],
    ['(a|b)', 'a', false],
  ])('pattern %s on %s: %s', (pattern, name, expected) => {
    expect(matchesRefPattern(pattern, name)).toBe(expected);
  });
});
