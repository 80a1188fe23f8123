// How a task ends: summary, outputs, the tests of its JUnit reports in the record, and the failure of its step.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { junitParts } from '@headgate/kit/junit-parts';
import { createRedactor } from '@headgate/kit/secrets';
import { code, codeBlock, counted, details, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import type { CollectedFiles } from './collected-files.js';
import { DeployError } from './errors.js';
import type { OneOffEnd } from './one-off-run.js';
import { timing } from './report.js';
import type { Steps } from './steps.js';
import type { TaskInputs } from './task-inputs.js';
import type { TaskImage } from './task-place.js';
import { testsOf } from './test-report.js';

export interface TaskConclusion {
  readonly inputs: TaskInputs;
  readonly deps: Deps;
  readonly steps: Steps;
  readonly image: TaskImage;
  readonly end: OneOffEnd;
  /** Null when no files were asked for; why, when they were refused. */
  readonly collected: CollectedFiles | DeployError | null;
  /** With secrets: hostile text. */
  readonly lines: readonly string[];
}

const filesShown = 50;

export async function concludeTask(conclusion: TaskConclusion): Promise<ActionResult> {
  const { inputs, deps, steps, end, lines } = conclusion;
  const collected = collectedIn(conclusion);
  const { core } = deps;
  const { redact } = createRedactor(inputs.deploySecrets.values);
  const tests = junitParts(collected?.reports ?? new Map(), { stage: 'deploy', redact });
  const failure = failureOf(conclusion);
  if (end.incomplete !== '')
    core.warning(`lines may be missing at the end of the log: ${redact(end.incomplete)}`);
  for (const path of collected?.missing ?? []) core.warning(`the task left no ${path}`);
  const sentence = headline(conclusion);
  core.info(sentence);
  const words = failure === null ? '' : redact(lines.join('\n'));
  await core.appendSummary(
    [
      heading(3, failure === null ? sentence : `${failure.code}: ${sentence}`),
      failure === null ? '' : `Next: ${escapeMarkdown(failure.hint)}\n\n`,
      table(['', ''], factsOf(conclusion, redact)),
      testsOf(tests.map((test) => ({ test, lines: [] }))),
      filesOf(collected),
      words === '' ? '' : details('Last log lines of the task', codeBlock(words)),
    ].join(''),
  );
  return {
    outputs: {
      'exit-code': end.ended === null ? '' : String(end.ended.exitCode),
      files: collected?.folder ?? '',
    },
    entry: { parts: { tests, timings: steps.records.map((step) => timing(step, inputs.leg)) } },
    ...(failure === null ? {} : { failure, explained: true }),
  };
}

function collectedIn({ collected }: TaskConclusion): CollectedFiles | null {
  return collected instanceof DeployError ? null : collected;
}

function headline({ inputs: { task, environment }, end }: TaskConclusion): string {
  return `the task ${task.name} in ${environment} ${howItEnded(end, task.deadlineMs)}`;
}

function howItEnded({ ended }: OneOffEnd, deadlineMs: number): string {
  if (ended === null) return `did not end within ${deadlineMs / 1000} s and was stopped`;
  const memory = ended.outOfMemory ? ', killed for lack of memory' : '';
  return `ended with exit code ${ended.exitCode}${memory}`;
}

function failureOf(conclusion: TaskConclusion): DeployError | null {
  const { ended } = conclusion.end;
  const message = headline(conclusion);
  if (ended === null) {
    const hint = 'Raise the task’s deadline, or find out what it waits for in its last log lines.';
    return new DeployError({ code: 'task-timed-out', message, hint });
  }
  if (ended.exitCode !== 0 || ended.outOfMemory) {
    const hint = ended.outOfMemory
      ? 'Raise the service’s memory limit or make the task use less.'
      : 'Read the task’s last log lines, in the log and summary of this job.';
    return new DeployError({ code: 'task-failed', message, hint });
  }
  if (conclusion.collected instanceof DeployError) return conclusion.collected;
  const missing = conclusion.collected?.missing ?? [];
  if (missing.length === 0) return null;
  return new DeployError({
    code: 'files-missing',
    message: `${message}, and left no ${missing.join(', ')}`,
    hint: 'Correct `files`, or let the task write there.',
  });
}

function factsOf(
  { inputs, image, end }: TaskConclusion,
  redact: (text: string) => string,
): readonly (readonly string[])[] {
  const { service, target, task } = inputs;
  const seen = end.ended === null ? [] : [['Its end was seen', `${seconds(end.seenAfterMs)} later`]];
  return [
    ['Beside', `${escapeMarkdown(service)} on ${escapeMarkdown(target)}`],
    ['Image', code(image.name)],
    ['Command', code(redact(task.command.join(' ')))],
    ...seen,
  ];
}

function filesOf(collected: CollectedFiles | null): string {
  if (collected === null || collected.files.length === 0) return '';
  const rows = collected.files.slice(0, filesShown).map(({ path, size }) => [code(path), String(size)]);
  const title = counted(collected.files.length, 'file');
  return details(title, table(['File', 'Bytes'], rows));
}

function seconds(ms: number): string {
  return `${(Math.max(ms, 0) / 1000).toFixed(2)} s`;
}
