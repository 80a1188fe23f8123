// Judges a test by how its container ended; pure.
import type { TestPart } from '@headgate/kit/record-parts';
import type { PlannedTest } from './delivery.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';

const detailLimit = 2_000;

/** `ended` is null when the deadline was reached; the lines are without secrets, so that cutting leaves no half of one. */
export function judgeTest(
  { name, deadlineMs }: PlannedTest,
  ended: Container | null,
  lines: readonly string[],
): TestPart {
  const passed = ended !== null && ended.exitCode === 0 && !ended.outOfMemory;
  const how =
    ended === null
      ? `it did not end within ${deadlineMs / 1000} s and was removed`
      : `exit code ${ended.exitCode}${ended.outOfMemory ? ', killed for lack of memory' : ''}`;
  const words = passed ? '' : lines.slice(-10).join('\n').slice(-detailLimit);
  const detail = words === '' ? how : `${how}; last lines:\n${words}`;
  return { name, stage: 'deploy', outcome: passed ? 'passed' : 'failed', detail };
}

/** A test whose container could not be run; the reason is without secrets. */
export function notRun(name: string, reason: string): TestPart {
  return { name, stage: 'deploy', outcome: 'failed', detail: reason.slice(0, detailLimit) };
}

/** How it ended, without its log lines. */
export function inShort({ detail }: TestPart): string {
  return detail.split(';')[0] ?? '';
}

/** One failure for all tests that failed. */
export function testFailed(failed: readonly TestPart[]): DeployError {
  const names = failed.map((part) => `${part.name} (${inShort(part)})`).join(', ');
  return new DeployError({
    code: 'test-failed',
    message: `failed after the deployment: ${names}; the new version serves and was not taken back`,
    hint: 'Read the test’s last lines, in the log and summary of this target’s job; then deploy the former version, or mend the test’s cause and run the failed jobs again.',
  });
}
