// What is shown when a story has ended: each step, each stage's time, the facts, and why it failed.
import { latestJobs } from '../github/run-reading.js';
import type { RunState } from '../model.js';
import { jobSeconds, type StepResult, type StoryResult } from '../story/result.js';
import { runCause } from './cause.js';
import { factLines } from './facts.js';
import { markOf, type Paint } from './marks.js';
import { clean, duration, table } from './text.js';

const failedLogLines = 20;

/** All lines; the verdict is the last one. */
export function renderClosing(result: StoryResult, paint: Paint): readonly string[] {
  const sections = [stepTable(result), stageTables(result), factLines(result), failures(result)];
  const body = sections.filter((section) => section.length > 0).flatMap((section) => [...section, '']);
  return [...body, verdict(result, paint)];
}

/** One line: the story's name, whether all was as expected, and its time. */
export function verdict(result: StoryResult, paint: Paint): string {
  return paint(verdictText(result), result.ok ? 'green' : 'red');
}

function verdictText(result: StoryResult): string {
  const name = clean(result.story);
  if (result.ok) return `✓ ${name}: everything as expected, ${duration(result.seconds)}`;
  const failed = result.steps.find((step) => !step.ok);
  return `✗ ${name}: not as expected at "${clean(failed?.name ?? '')}", ${duration(result.seconds)}`;
}

function stepTable(result: StoryResult): readonly string[] {
  const rows = result.steps.map((step) => [
    `${step.ok ? '✓' : '✗'} ${clean(step.name)}`,
    duration(step.seconds),
    runsOf(step),
  ]);
  const rest = result.notPlayed.map((name) => [`- ${clean(name)}`, '', 'not played']);
  const columns = [
    { title: 'step', align: 'left' },
    { title: 'time', align: 'right' },
    { title: 'runs', align: 'left' },
  ] as const;
  return table(columns, [...rows, ...rest]);
}

function runsOf(step: StepResult): string {
  return step.runs.map((run) => `${clean(run.event.name)} ${run.conclusion ?? run.status}`).join(', ');
}

/** Runs side by side in one table; more follow below, so that no line becomes too long to read. */
const runsInTable = 6;

/** One row a job that began in any run, one column a run; runs in which nothing began have none. */
function stageTables(result: StoryResult): readonly string[] {
  const runs = result.steps
    .flatMap((step) => step.runs)
    .filter((run) => run.jobs.some((job) => job.startedAt !== null));
  const tables: string[][] = [];
  for (let from = 0; from < runs.length; from += runsInTable) {
    tables.push([...stageTable(runs.slice(from, from + runsInTable))]);
  }
  return tables.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function stageTable(runs: readonly RunState[]): readonly string[] {
  const began = runs.flatMap((run) => run.jobs.filter((job) => job.startedAt !== null));
  const names = [...new Set(began.map((job) => withoutCaller(job.name)))];
  const columns = [
    { title: 'stage', align: 'left' } as const,
    ...runs.map((run) => ({ title: runTitle(run), align: 'right' }) as const),
  ];
  return table(
    columns,
    names.map((name) => [clean(name), ...runs.map((run) => cell(run, name))]),
  );
}

const shortEvents: ReadonlyMap<string, string> = new Map([
  ['pull_request', 'PR'],
  ['issue_comment', 'comment'],
  ['workflow_dispatch', 'dispatch'],
]);

function runTitle(run: RunState): string {
  const { name } = run.event;
  const event = shortEvents.get(name) ?? clean(name);
  return `${event} #${run.number}`;
}

function cell(run: RunState, name: string): string {
  const job = latestJobs(run).find((each) => withoutCaller(each.name) === name);
  if (job === undefined) return '';
  const mark = markOf(job);
  if (job.conclusion === 'skipped') return mark.sign;
  if (job.reused === true) return 'taken over';
  return job.conclusion === 'success'
    ? duration(jobSeconds(job))
    : `${mark.sign} ${duration(jobSeconds(job))}`;
}

/** `flow / images / image (shop)` → `images / image (shop)`: the caller is the same for all. */
function withoutCaller(name: string): string {
  const parts = name.split(' / ');
  return parts.length > 1 ? parts.slice(1).join(' / ') : name;
}

/**
 * Runs that failed, in the last step they were judged in: in a failing step with the end of the log, elsewhere (it was
 * expected) with the cause alone.
 */
function failures(result: StoryResult): readonly string[] {
  return result.steps.flatMap((step, index) => {
    const later = result.steps.slice(index + 1).flatMap(({ continued }) => continued);
    const own = [...step.continued, ...step.runs].filter((run) => !later.includes(run));
    // What the end of the rehearsal cancelled did not fail in a step that was as expected.
    const told = step.ok ? own.filter(({ conclusion }) => conclusion !== 'cancelled') : own;
    const causes = told.flatMap((run) => runCause(run, step.ok ? 0 : failedLogLines));
    if (step.ok && causes.length === 0) return [];
    const problems = step.problems.flatMap((problem) =>
      problem.split('\n').map((line) => `  ${clean(line)}`),
    );
    const title = step.ok
      ? `as expected, failed in "${clean(step.name)}":`
      : `not as expected in "${clean(step.name)}":`;
    return [title, ...problems, ...causes.map((line) => `  ${line}`)];
  });
}
