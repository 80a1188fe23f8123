// The policy as people write it: levels, the base image, the allow list, and an error for everything else.
import { InputError } from '@headgate/kit/errors';
import { parseYaml } from '@headgate/kit/yaml';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pathGlob } from '../src/path-glob.js';
import { policyClasses } from '../src/policy-classes.js';
import { defaultPolicy, parsePolicy } from '../src/policy-form.js';

function read(yaml: string): ReturnType<typeof parsePolicy> {
  return parsePolicy('policy', parseYaml(yaml, { source: 'policy' }));
}

describe('parsePolicy', () => {
  it('reads levels, the base and the allow list', () => {
    const policy = read(`
vcs: warn
debug: off
base: same
allow:
  - path: usr/bin/make
    reason: the image is for builds
    classes: build-tools
`);

    expect(policy.levels).toEqual({ ...defaultPolicy.levels, vcs: 'warn', debug: 'off' });
    expect(policy.base).toBe('same');
    expect(policy.allow).toMatchObject([{ reason: 'the image is for builds', classes: ['build-tools'] }]);
  });

  it.each([null, undefined, '', {}])('takes the defaults for %j', (empty) => {
    expect(parsePolicy('policy', empty)).toEqual(defaultPolicy);
  });

  it.each(['error', 'warn', 'off'])('takes %s for all classes', (level) => {
    expect(read(level).levels).toEqual(Object.fromEntries(policyClasses.map((each) => [each, level])));
  });

  it('takes false as off', () => {
    expect(parsePolicy('policy', { vcs: false }).levels.vcs).toBe('off');
  });

  it.each([
    ['source: warn', 'policy: the key "source" is not known, did you mean sources', 'Write sources'],
    ['banana: warn', 'policy: the key "banana" is not known', 'Use keys out of build-tools'],
    ['vcs: err', 'policy: vcs: one of error, warn, off was expected, "err" was found', 'Write one of'],
    ['vcs: errors', 'policy: vcs: one of error, warn, off was expected, "errors" was found', 'Write error.'],
    ['vcs: [error]', 'policy: vcs: one of error, warn, off was expected, a list was found', 'Write one of'],
    ['[vcs]', 'policy: a map of keys and values was expected, a list was found', 'Write it with keys'],
    ['strict', 'policy: one of error, warn, off was expected, "strict" was found', 'Write one of'],
    ['allow: usr/bin', 'policy: allow: a list was expected, "usr/bin" was found', 'reason: why'],
    [
      'allow: [usr/bin]',
      'policy: allow[0]: a map of keys and values was expected, "usr/bin" was found',
      'path, reason',
    ],
    [
      'allow: [{path: a}]',
      'policy: allow[0].reason: a text was expected, nothing was found',
      'why "a" may stay',
    ],
    ['allow: [{path: a, reason: " "}]', 'policy: allow[0].reason: a text was expected', 'why "a" may stay'],
    ['allow: [{reason: b}]', 'policy: allow[0].path: a text was expected, nothing was found', '- path:'],
    ['allow: [{path: a, reson: b}]', 'allow[0]: the key "reson" is not known, did you mean reason', 'reason'],
    ['allow: [{path: "**", reason: b}]', 'allow[0].path: a part of the image was expected', 'class to off'],
    ['allow: [{path: a, reason: b, classes: [vc]}]', 'allow[0].classes: one of build-tools', 'Write vcs.'],
  ])('refuses %j', (yaml, message, cure) => {
    let caught: unknown;
    try {
      read(yaml);
    } catch (error) {
      caught = error;
    }

    expect(caught).toBeInstanceOf(InputError);
    expect((caught as InputError).message).toContain(message);
    expect((caught as InputError).hint).toContain(cure);
  });

  it('throws nothing but its own error, whatever it is given', () => {
    const known = fc.constantFrom(...policyClasses, 'allow', 'base', '__proto__');
    const form = fc.dictionary(fc.oneof(known, fc.string()), fc.anything());
    fc.assert(
      fc.property(fc.oneof(fc.anything(), form), (value) => {
        try {
          parsePolicy('policy', value);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

describe('pathGlob', () => {
  it.each([
    ['usr/bin/make', 'usr/bin/make', true],
    ['/usr/bin/', 'usr/bin/make', true],
    ['usr/bin', 'usr/binary', false],
    ['usr/*/make', 'usr/bin/make', true],
    ['usr/*', 'usr', false],
    ['**/*.go', 'a/b/c.go', true],
    ['**/*.go', 'c.go', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b/z', true],
    ['a/**', 'a', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['*.env', '.env', true],
    ['a.c', 'abc', false],
    ['*a*b', 'xaxxab', true],
    ['*a*b', 'xaxxa', false],
    ['env:NPM_*', 'env:NPM_TOKEN', true],
  ])('%j against %j is %j', (glob, path, matches) => {
    expect(pathGlob(glob).matches(path)).toBe(matches);
  });

  it('agrees with a regular expression', () => {
    const name = fc.stringMatching(/^[ab]{1,4}$/);
    const part = fc.oneof(fc.stringMatching(/^[ab*?]{1,4}$/), fc.constant('**'));
    const glob = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(glob, path, (text, of) => {
        expect(pathGlob(text).matches(of)).toBe(byExpression(text, of));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The same by backtracking, which is simple and can be slow. */
function byExpression(glob: string, path: string): boolean {
  const parts = glob
    .split('/')
    .map((part) =>
      part === '**' ? '(?:[^/]+/)*' : `${part.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}/`,
    );
  return new RegExp(`^${parts.join('')}(?:[^/]+/)*$`).test(`${path}/`);
}
