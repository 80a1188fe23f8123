// Versions as real tools print them, and their order.
import { describe, expect, it } from '@jest/globals';
import { isAtLeast, parseVersion } from '../workspace/version.mjs';

describe('parseVersion', () => {
  it.each([
    ['HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/', '2.6.12'],
    ['/usr/bin/docker-registry github.com/docker/distribution 2.8.2+ds1', '2.8.2'],
    ['git version 2.39.5', '2.39.5'],
    ['zizmor 1.32.0\n', '1.32.0'],
    ['v1.7.12\ninstalled by building from source', '1.7.12'],
    ['10.34.9', '10.34.9'],
    ['no number here', null],
    ['build 7', null],
  ])('%j gives %j', (text, expected) => {
    expect(parseVersion(text)).toBe(expected);
  });
});

describe('isAtLeast', () => {
  it.each([
    ['2.6.12', '2.4', true],
    ['2.4', '2.4.0', true],
    ['2.4.0', '2.4', true],
    ['2.39.5', '2.38', true],
    ['0.9.1', '0.13', false],
    ['0.13.1', '0.13', true],
    ['1.32.0', '2.0', false],
    ['10.0', '9.9.9', true],
  ])('%s against %s is %s', (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});
