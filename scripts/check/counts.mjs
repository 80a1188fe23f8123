// What a test run came to, from the runner's own result file.

/**
 * @typedef {object} RunnerResult the parts of jest's JSON that are used
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites files that failed before any test of theirs began
 * @property {readonly { name: string, assertionResults: readonly { status: string, fullName: string }[] }[]} testResults
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
