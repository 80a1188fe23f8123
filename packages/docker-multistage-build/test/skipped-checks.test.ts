// Checks that would pass because they never run: found before anything is built.
import { describe, expect, it } from '@jest/globals';
import { type CheckedWish, refuseSkippedChecks } from '../src/skipped-checks.js';

const file = 'FROM node AS build\nFROM build AS test\nFROM build AS lint\nFROM test AS shown\nFROM build\n';
const wish: CheckedWish = {
  target: '',
  platforms: [],
  buildArgs: new Map(),
  testTargets: [],
  testResults: [],
  skippedStages: [],
  targets: [],
};
const problem = (given: Partial<CheckedWish>): unknown => {
  try {
    refuseSkippedChecks(file, 'app/Dockerfile', { ...wish, ...given });
    return null;
  } catch (error) {
    return error;
  }
};

describe('stages named like a check', () => {
  it('that nothing builds are an error with their line and the inputs that cure it', () => {
    expect(problem({})).toMatchObject({
      code: 'check-skipped',
      message: expect.stringContaining('app/Dockerfile: test, lint would not run: stage-4 does not need it'),
      hint: expect.stringMatching(/test-targets.*skipped-stages/),
      place: { file: 'app/Dockerfile', line: 2 },
    });
  });

  it.each([
    ['are test targets', { testTargets: ['test', 'LINT'] }],
    ['are needed by a test target', { testTargets: ['shown', 'lint'] }],
    ['are known not to run', { testTargets: ['test'], skippedStages: ['lint'] }],
    ['are images of their own', { targets: [{ target: 'test' }, { target: 'lint' }] }],
  ])('that %s are none', (_, given) => {
    expect(problem(given)).toBeNull();
  });

  it.each([
    ['one that ships', { target: 'lint', testTargets: ['test'] }, null],
    ['one that is left', { testTargets: ['test'] }, 'lint'],
  ])('%s', (_, given, left) => {
    const found = problem(given);

    if (left === null) expect(found).toBeNull();
    else expect(found).toMatchObject({ message: expect.stringContaining(`: ${left} would not run`) });
  });

  it('are left to the builder where another frontend reads the file', () => {
    expect(() => refuseSkippedChecks(`# syntax=acme/other\n${file}`, 'Dockerfile', wish)).not.toThrow();
  });
});
