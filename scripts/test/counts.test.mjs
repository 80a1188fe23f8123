// The closing line of `npm test`, and the reasons of what was skipped.
import { describe, expect, it } from '@jest/globals';
import { countLine, explainFailed, explainSkipped, lacksReason } from '../check/counts.mjs';

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
    message: '',
    assertionResults: [{ status, fullName: 'builds an image', failureMessages: [] }],
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

describe('explainFailed', () => {
  const passed = { status: 'passed', fullName: 'builds an image', failureMessages: [] };
  const explain = (/** @type {object} */ suite) =>
    explainFailed({ ...none, testResults: [{ ...passedSuite, ...suite }] }, '/repository');
  const passedSuite = {
    name: '/repository/packages/a/test/a.test.ts',
    message: '',
    assertionResults: [passed],
  };

  it('names each failed test with its own words and where it failed, in plain text', () => {
    const message =
      'Error: \u001b[2mexpect(\u001b[22mreceived).toBe(expected)\n\nExpected: 1\nReceived: 2\n' +
      '    at Object.<anonymous> (/repository/packages/a/test/a.test.ts:5:3)\n    at run (/node_modules/jest.js:1:1)';
    const failed = { status: 'failed', fullName: 'pushes it', failureMessages: [message] };

    expect(explain({ message: 'as jest shows it', assertionResults: [passed, failed] })).toEqual([
      'packages/a/test/a.test.ts: pushes it',
      '    Error: expect(received).toBe(expected)',
      '    Expected: 1',
      '    Received: 2',
      '        at Object.<anonymous> (/repository/packages/a/test/a.test.ts:5:3)',
    ]);
  });

  it('names a file that could not be run', () => {
    expect(explain({ message: 'SyntaxError: no export', assertionResults: [] })).toEqual([
      'packages/a/test/a.test.ts: could not be run',
      '    SyntaxError: no export',
    ]);
  });

  it('cuts a long failure', () => {
    const failureMessages = [Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n')];
    const failed = { status: 'failed', fullName: 'pushes it', failureMessages };

    expect(explain({ assertionResults: [failed] })).toHaveLength(13);
  });

  it('says nothing of what passed', () => {
    expect(explain({})).toEqual([]);
  });
});
