// The closing line of `npm test`, and the reasons of what was skipped.
import { describe, expect, it } from '@jest/globals';
import { countLine, explainSkipped, lacksReason } from '../check/counts.mjs';

const none = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
};

describe('countLine', () => {
  it.each([
    [{ numPassedTests: 12 }, 'tests: 12 passed, 0 failed, 0 skipped'],
    [{ numPassedTests: 1, numFailedTests: 2, numPendingTests: 3 }, 'tests: 1 passed, 2 failed, 3 skipped'],
    [{ numPassedTests: 5, numRuntimeErrorTestSuites: 1 }, 'tests: 5 passed, 1 failed, 0 skipped'],
    [{ numPendingTests: 1, numTodoTests: 1 }, 'tests: 0 passed, 0 failed, 2 skipped'],
  ])('%j', (part, expected) => {
    expect(countLine({ ...none, ...part })).toBe(expected);
  });
});

describe('explainSkipped', () => {
  const suite = (/** @type {string} */ name, /** @type {string} */ status) => ({
    name: `/some/where/${name}`,
    assertionResults: [{ status, fullName: 'builds an image' }],
  });

  it('names each skipped test under the reason that its file printed', () => {
    const result = {
      ...none,
      testResults: [suite('docker.it.test.ts', 'pending'), suite('plain.test.ts', 'passed')],
    };

    expect(explainSkipped(result, ['noise', 'docker.it.test.ts skipped: no engine answers'])).toEqual([
      'docker.it.test.ts: no engine answers',
      '  - builds an image',
    ]);
  });

  it('says so when no reason was given', () => {
    const result = { ...none, testResults: [suite('docker.it.test.ts', 'todo')] };

    const explained = explainSkipped(result, ['other.test.ts skipped: whatever']);

    expect(explained[0]).toBe('docker.it.test.ts: no reason given');
    expect(lacksReason(explained)).toBe(true);
    expect(lacksReason(explainSkipped(result, ['docker.it.test.ts skipped: no engine answers']))).toBe(false);
  });
});
