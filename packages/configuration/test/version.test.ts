import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compareVersions,
  developmentVersion,
  highestVersion,
  parseVersion,
  parseVersionTag,
  showVersion,
} from '../src/version.js';

const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?$/;

describe('versions', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['0.0.0', '0.0.0'],
    ['1.2', null],
    ['v1.2.3', null],
    ['1.2.3-rc.1', null],
    ['01.2.3', null],
    ['1.2.3\n', null],
    ['1.2.99999999999', null],
  ])('%j is read strictly', (text, expected) => {
    const version = parseVersion(text);

    expect(version === null ? null : showVersion(version)).toBe(expected);
  });

  it('compares as numbers, not as text, and passes over other tags', () => {
    expect(highestVersion(['v1.9.0', '1.10.0', 'v1.2.3', '2.0.0-rc.1', 'latest'])).toEqual(
      parseVersion('1.10.0'),
    );
    expect(highestVersion(['latest'])).toBeNull();
    expect(parseVersionTag('v1.2.3')).toEqual(parseVersionTag('1.2.3'));
  });

  it.each([
    [['v1.2.3'], 'abcdef0123', '1.3.0-dev.7.abcdef0'],
    [[], 'abcdef0123', '0.1.0-dev.7.abcdef0'],
    [['v1.2.3'], '0123456789', '1.3.0-dev.7.g0123456'],
  ])('a build of develop after %j at %s is %s', (tags, commit, expected) => {
    expect(developmentVersion(tags, 7, commit)).toBe(expected);
  });

  it('a build of develop is always a semantic version above the last release', () => {
    const number = fc.nat({ max: 99_999 });
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(number, number, number, fc.nat(), hex, (major, minor, patch, commits, commit) => {
        const last = `${major}.${minor}.${patch}`;
        const built = developmentVersion([last], commits, commit);
        const base = parseVersion(built.split('-')[0] ?? '');
        return semver.test(built) && base !== null && compareVersions(base, { major, minor, patch }) > 0;
      }),
    );
  });
});
