// When each stage of each run began and ended: all runs on one axis, then each run with its stages.
import type { JobState, RunState } from '../model.js';
import { jobSeconds, type StoryResult } from '../story/result.js';
import { runCause } from '../view/cause.js';
import { duration } from '../view/text.js';
import { type Html, html, linesOf, nothing } from './html.js';

interface Span {
  readonly from: number;
  readonly until: number;
}

interface Row {
  readonly title: string;
  readonly note: string;
  readonly tone: Tone;
  readonly span: Span;
}

type Tone = 'good' | 'bad' | 'rest';

/** Each run once, in the order of its beginning, even where several steps tell of it. */
export function runsOf(result: StoryResult): readonly RunState[] {
  const byId = new Map(result.steps.flatMap((step) => step.runs).map((run) => [run.id, run]));
  return [...byId.values()].sort((a, b) => a.createdAt - b.createdAt);
}

export function timeline(result: StoryResult): Html {
  const runs = runsOf(result);
  if (runs.length === 0) return nothing;
  const axis = join(runs.map(spanOf));
  const overview = runs.map((run) => row(runRow(run, result), axis));
  return html`<div class="bars" role="list" aria-label="All runs">${overview}</div>
${runs.map((run) => runDetails(run, result))}`;
}

function runDetails(run: RunState, result: StoryResult): Html {
  const span = spanOf(run);
  const jobs = run.jobs.filter((job) => job.startedAt !== null);
  const { title, note } = runRow(run, result);
  const cause = runCause(run, 0);
  // All that is to be said of a run in which nothing began stands in the overview.
  if (jobs.length === 0 && cause.length === 0) return nothing;
  const skipped = run.jobs.length - jobs.length;
  const left =
    skipped === 0 ? null : html`<p class="soft">${skipped} ${skipped === 1 ? 'job' : 'jobs'} not needed</p>`;
  return html`<details open><summary>${title} <span class="soft">${run.headBranch} · ${note}</span></summary>${cause.length === 0 ? null : html`<pre>${linesOf(cause)}</pre>`}
<div class="bars" role="list">${jobs.map((job) => row(jobRow(job, span), span))}</div>${left}</details>\n`;
}

function runRow(run: RunState, result: StoryResult): Row {
  const step = result.steps.find((each) => each.runs.some(({ id }) => id === run.id));
  const span = spanOf(run);
  const event = `${run.event.name.replaceAll('_', ' ')} #${run.number}`;
  const note = [event, conclusionOf(run), duration((span.until - span.from) / 1_000)];
  return { title: step?.name ?? event, note: note.join(' · '), tone: toneOf(run), span };
}

function jobRow(job: JobState, span: Span): Row {
  const attempt = job.attempt > 1 ? ` (attempt ${job.attempt})` : '';
  const conclusion = job.conclusion === 'success' ? '' : `${conclusionOf(job)} · `;
  return {
    title: `${withoutCaller(job.name)}${attempt}`,
    note: `${conclusion}${duration(jobSeconds(job))}`,
    tone: toneOf(job),
    span: { from: job.startedAt ?? span.from, until: job.completedAt ?? span.until },
  };
}

function row({ title, note, tone, span }: Row, axis: Span): Html {
  const whole = Math.max(1, axis.until - axis.from);
  const percent = (milliseconds: number): string => ((100 * milliseconds) / whole).toFixed(2);
  const style = `left:${percent(span.from - axis.from)}%;width:${percent(span.until - span.from)}%`;
  return html`<div class="row" role="listitem"><span class="name">${title}</span><span class="track"><span class="bar ${tone}" style="${style}"></span></span><span class="note">${note}</span></div>\n`;
}

function spanOf(run: RunState): Span {
  const ends = run.jobs.flatMap(({ completedAt }) => (completedAt === null ? [] : [completedAt]));
  return { from: run.createdAt, until: run.completedAt ?? Math.max(run.createdAt, ...ends) };
}

function join(spans: readonly Span[]): Span {
  return {
    from: Math.min(...spans.map(({ from }) => from)),
    until: Math.max(...spans.map(({ until }) => until)),
  };
}

function conclusionOf({ conclusion, status }: Pick<RunState, 'conclusion' | 'status'>): string {
  return (conclusion ?? status).replaceAll('_', ' ');
}

function toneOf({ conclusion }: Pick<RunState, 'conclusion'>): Tone {
  if (conclusion === 'success') return 'good';
  return conclusion === 'failure' ? 'bad' : 'rest';
}

/** `flow / images / image (shop)` → `images / image (shop)`: the caller is the same for all. */
function withoutCaller(name: string): string {
  const parts = name.split(' / ');
  return parts.length > 1 ? parts.slice(1).join(' / ') : name;
}
