// What a test run came to, from the runner's own result file.
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {object} RunnerResult the parts of jest's JSON that are used
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites files that failed before any test of theirs began
 * @property {readonly SuiteResult[]} testResults
 */

/**
 * @typedef {object} SuiteResult
 * @property {string} name path of the file
 * @property {string} message why the file could not be run, or the failures in it as jest shows them
 * @property {readonly { status: string, fullName: string, failureMessages: readonly string[] | null }[]} assertionResults
 */

/**
 * The closing line. A file that could not be run at all counts as one failure.
 * @param {RunnerResult} result
 * @returns {string}
 */
export function countLine(result) {
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const skipped = result.numPendingTests + result.numTodoTests;
  return `tests: ${result.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}

const noReason = 'no reason given';

/** Whether some test was skipped without a word. @param {readonly string[]} explained as `explainSkipped` gives it */
export const lacksReason = (explained) => explained.some((line) => line.endsWith(`: ${noReason}`));

/**
 * Skipped tests by file, each file with the reason that it printed (`<file name> skipped: <reason>`).
 * @param {RunnerResult} result
 * @param {readonly string[]} output lines of the run
 * @returns {string[]}
 */
export function explainSkipped(result, output) {
  return result.testResults.flatMap((suite) => {
    const skipped = suite.assertionResults.filter(({ status }) => status === 'pending' || status === 'todo');
    if (skipped.length === 0) return [];
    const file = suite.name.split('/').at(-1) ?? suite.name;
    const said = output.find((line) => line.includes(`${file} skipped: `));
    const reason = said ? said.slice(said.indexOf(' skipped: ') + ' skipped: '.length).trim() : noReason;
    return [`${file}: ${reason}`, ...skipped.map(({ fullName }) => `  - ${fullName}`)];
  });
}

/** A failure's own words end where its stack begins; more lines than these are in the log above. */
const shownLines = 12;

/**
 * The tests that failed and why, so that nobody has to look for them in the middle of a long log.
 * @param {RunnerResult} result
 * @param {string} root
 * @returns {string[]}
 */
export function explainFailed(result, root) {
  return result.testResults.flatMap((suite) => {
    const file = relative(root, suite.name);
    const failed = suite.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0 && suite.message !== '')
      return [`${file}: could not be run`, ...indent(suite.message)];
    return failed.flatMap(({ fullName, failureMessages }) => [
      `${file}: ${fullName}`,
      ...indent((failureMessages ?? []).join('\n')),
    ]);
  });
}

/** @param {string} message */
function indent(message) {
  const lines = stripVTControlCharacters(message).split('\n');
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  const words = (stack === -1 ? lines : lines.slice(0, stack + 1)).filter((line) => line.trim() !== '');
  return words.slice(0, shownLines).map((line) => `    ${line}`);
}
