// The live view: from the state of a story to the lines on the screen, newest step open, ended ones in one line.
import type { JobState, RunState } from '../model.js';
import type { LoadFigures, LoadReport } from '../parts/load-tally.js';
import type { StepResult } from '../story/result.js';
import { markOf, type Paint, pausedMark } from './marks.js';
import { clean, cut, duration, number, wrap } from './text.js';

export interface LiveStep {
  readonly name: string;
  /** Milliseconds; null before it began. */
  readonly beganAt: number | null;
  readonly result: StepResult | null;
}

export interface LiveState {
  readonly story: string;
  readonly steps: readonly LiveStep[];
  /** Runs of the step that is going on. */
  readonly runs: readonly RunState[];
  readonly load: LoadReport | null;
  /** What waits for somebody; shown below everything else. */
  readonly paused?: readonly { readonly jobId: number; readonly lines: readonly string[] }[];
  /** Milliseconds now. */
  readonly now: number;
}

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}

/**
 * The lines of one frame, none wider and no more than the screen. Where it is low, ended steps give way first, the
 * oldest before the others, then those to come; what is going on and the load stay longest.
 */
export function renderLive(state: LiveState, screen: Screen): readonly string[] {
  const linesOf = (steps: readonly LiveStep[]): string[] =>
    steps.flatMap((step) => stepLines(step, state, screen));
  const ended = linesOf(state.steps.filter(({ result }) => result !== null));
  const open = linesOf(state.steps.filter(({ result, beganAt }) => result === null && beganAt !== null));
  const later = linesOf(state.steps.filter(({ result, beganAt }) => result === null && beganAt === null));
  const title = screen.paint(cut(clean(state.story), screen.width), 'bold');
  const load = state.load === null ? [] : [cut(`  ${loadLine(state.load)}`, screen.width)];
  const waiting = (state.paused ?? []).flatMap(({ lines }) => pausedBlock(lines, screen));
  const room = screen.height - 1 - open.length - load.length - waiting.length;
  const shownLater = later.slice(0, Math.max(0, room));
  const shownEnded = ended.slice(Math.max(0, ended.length - Math.max(0, room - later.length)));
  return [title, ...shownEnded, ...open, ...shownLater, ...load, ...waiting].slice(-screen.height);
}

/** Nothing of it is cut: paths are there to be copied. */
function pausedBlock(lines: readonly string[], { width, paint }: Screen): readonly string[] {
  const [head = [], ...rest] = lines.map((line) => wrap(line, width));
  return ['', ...head.map((line) => paint(line, 'red')), ...rest.flat()];
}

export function loadLine(load: LoadReport): string {
  return `load  ${number(load.requests)} requests at ${number(load.rate)}/s, ${number(load.failed)} failed, ${latencies(load)}`;
}

export function latencies({ p50ms, p99ms }: LoadFigures): string {
  return `p50 ${p50ms.toFixed(1)} ms, p99 ${p99ms.toFixed(1)} ms`;
}

function stepLines(step: LiveStep, state: LiveState, { width, paint }: Screen): readonly string[] {
  const title = (sign: string, time: string): string => {
    const room = Math.max(10, width - sign.length - time.length - 3);
    return `${sign} ${cut(clean(step.name), room).padEnd(room)} ${time}`;
  };
  if (step.result !== null) {
    const { ok, seconds } = step.result;
    return [paint(title(ok ? '✓' : '✗', duration(seconds)), ok ? 'green' : 'red')];
  }
  if (step.beganAt === null) return [paint(title('○', ''), 'grey').trimEnd()];
  const head = paint(title('●', duration((state.now - step.beganAt) / 1_000)), 'yellow');
  return [head, ...state.runs.flatMap((run) => runLines(run, state, { width, paint }))];
}

function runLines(
  run: RunState,
  state: LiveState,
  screen: Pick<Screen, 'width' | 'paint'>,
): readonly string[] {
  const mark = markOf(run);
  const head = cut(`${mark.sign} ${clean(run.event.name)} ${clean(run.headBranch)}`, screen.width - 2);
  return [`  ${screen.paint(head, mark.colour)}`, ...run.jobs.map((job) => jobLine(job, state, screen))];
}

function jobLine(
  job: JobState,
  { now, paused = [] }: LiveState,
  { width, paint }: Pick<Screen, 'width' | 'paint'>,
): string {
  const waits = paused.some(({ jobId }) => jobId === job.id);
  const mark = waits ? pausedMark : markOf(job);
  const end = job.completedAt ?? now;
  const time = job.startedAt === null ? '' : duration((end - job.startedAt) / 1_000);
  const step = job.steps.find((each) => each.status === 'in_progress');
  const text = [
    clean(job.name),
    job.reused === true ? 'taken over' : time,
    step === undefined ? '' : clean(step.name),
  ]
    .filter((part) => part !== '')
    .join('  ');
  return `    ${paint(mark.sign, mark.colour)} ${cut(text, width - 6)}`;
}
