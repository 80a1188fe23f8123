import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compareVersions,
  developmentVersion,
  highestVersion,
  parseVersion,
  parseVersionTag,
  showVersion,
  versionObjection,
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
    ['release', '1.3.0', null],
    ['release', '2.0.0', null],
    ['release', '1.2.3', '1.2.3 is released already'],
    ['release', '1.1.0', '1.1.0 is below the last release, 1.2.3'],
    ['hotfix', '1.2.4', null],
    ['hotfix', '1.2.5', 'hotfix 1.2.5 is not the patch after 1.2.3, which is 1.2.4'],
    ['hotfix', '1.3.0', 'hotfix 1.3.0 is not the patch after 1.2.3, which is 1.2.4'],
  ] as const)('%s %s after v1.2.3: %j', (kind, text, expected) => {
    const version = parseVersion(text) ?? { major: 0, minor: 0, patch: 0 };

    expect(versionObjection(kind, version, ['v1.0.0', 'v1.2.3'])).toBe(expected);
  });

  it('a first hotfix has nothing to fix', () => {
    expect(versionObjection('hotfix', { major: 0, minor: 0, patch: 1 }, [])).toContain(
      'no release before it',
    );
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
