// What is shown when a story has ended: each step, each stage's time, the load, built against running, and why it failed.
import type { RunState } from '../model.js';
import type { LoadReport } from '../parts/load-tally.js';
import { jobSeconds, newestRecord, type StepResult, type StoryResult } from '../story/result.js';
import { runCause } from './cause.js';
import { latencies, loadLine } from './live.js';
import { markOf, type Paint } from './marks.js';
import { clean, duration, number, table } from './text.js';

const failedLogLines = 20;

/** All lines; the verdict is the last one. */
export function renderClosing(result: StoryResult, paint: Paint): readonly string[] {
  const sections = [stepTable(result), stageTable(result), facts(result), failures(result)];
  const body = sections.filter((section) => section.length > 0).flatMap((section) => [...section, '']);
  return [...body, paint(verdict(result), result.ok ? 'green' : 'red')];
}

function verdict(result: StoryResult): string {
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

/** One row a job that began in any run, one column a run. */
function stageTable(result: StoryResult): readonly string[] {
  const runs = result.steps.flatMap((step) => step.runs);
  const began = runs.flatMap((run) => run.jobs.filter((job) => job.startedAt !== null));
  const names = [...new Set(began.map((job) => withoutCaller(job.name)))];
  if (names.length === 0) return [];
  const columns = [
    { title: 'stage', align: 'left' } as const,
    ...runs.map((run) => ({ title: runTitle(run), align: 'right' }) as const),
  ];
  return table(
    columns,
    names.map((name) => [clean(name), ...runs.map((run) => cell(run, name))]),
  );
}

function runTitle(run: RunState): string {
  const event = run.event.name === 'pull_request' ? 'PR' : clean(run.event.name);
  return `${event} #${run.number}`;
}

function cell(run: RunState, name: string): string {
  const job = run.jobs.find((each) => withoutCaller(each.name) === name);
  if (job === undefined) return '';
  const mark = markOf(job);
  if (job.conclusion === 'skipped') return mark.sign;
  return job.conclusion === 'success'
    ? duration(jobSeconds(job))
    : `${mark.sign} ${duration(jobSeconds(job))}`;
}

/** `flow / images / image (shop)` → `images / image (shop)`: the caller is the same for all. */
function withoutCaller(name: string): string {
  const parts = name.split(' / ');
  return parts.length > 1 ? parts.slice(1).join(' / ') : name;
}

function facts(result: StoryResult): readonly string[] {
  const load = result.load === null ? [] : loadLines(result.load);
  return [...load, ...result.running.map((image) => imageLine(image, result))];
}

/** What the swaps did to customers, then everything that was asked. */
function loadLines(load: LoadReport): readonly string[] {
  const { window, rate } = load;
  if (window === null) return [loadLine(load)];
  const { requests, failed, elapsedMs } = window;
  return [
    `load  ${number(failed)} of ${number(requests)} requests failed between the first swap and the last drained instance`,
    `      offered at ${number(rate)}/s for ${duration(elapsedMs / 1_000)}, ${latencies(window)}`,
    `      with those before and after: ${number(load.failed)} of ${number(load.requests)} failed, ${latencies(load)}`,
  ];
}

function imageLine(image: StoryResult['running'][number], result: StoryResult): string {
  const makers = result.steps.filter((step) =>
    step.record?.images.some((part) => part.digest === image.digest),
  );
  const newest = newestRecord(result)?.images.find((part) => part.name === image.image)?.digest;
  const origin = makers.at(-1);
  const built =
    origin === undefined ? 'built by no delivery of this story' : `= built in "${clean(origin.name)}"`;
  const note = newest === undefined || newest === image.digest ? '' : ', not the newest one';
  return `image ${clean(image.image)}: ${image.instances} × ${image.digest} running ${built}${note}`;
}

/** Runs that failed: in a failing step with the end of the log, elsewhere (it was expected) with the cause alone. */
function failures(result: StoryResult): readonly string[] {
  return result.steps.flatMap((step) => {
    const causes = step.runs.flatMap((run) => runCause(run, step.ok ? 0 : failedLogLines));
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
