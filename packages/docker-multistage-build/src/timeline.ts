// When each step of a build ran: every report of a step folded into one, whatever order or how often they came.
import type { ProgressUpdate, Step } from './progress.js';

export interface StepRun {
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  /** Null while it runs, and when the stream broke off. */
  readonly endMs: number | null;
}

export interface TimedStep {
  readonly digest: string;
  readonly name: string;
  /** Digests of the steps it was made from, as BuildKit reports them. */
  readonly inputs: readonly string[];
  /** In order of their start: BuildKit resolves, then pulls; looks up, then restores. */
  readonly runs: readonly StepRun[];
  readonly cached: boolean;
  readonly error: string | null;
  /** Layers were downloaded or unpacked for it. */
  readonly moved: boolean;
}

export interface Timeline {
  add(update: Pick<ProgressUpdate, 'steps' | 'transfers'>): void;
  /** By first start, those that never started last. */
  steps(): readonly TimedStep[];
}

interface Memory {
  name: string;
  inputs: readonly string[];
  readonly ends: Map<number, number | null>;
  cached: boolean;
  error: string | null;
}

/** A build of this many steps is none; more are dropped, as memory must stay bounded. */
const mostSteps = 20_000;
const mostRuns = 1_000;

/** An empty timeline. The same reports give the same steps in any order. */
export function createTimeline(): Timeline {
  const memories = new Map<string, Memory>();
  const moved = new Set<string>();
  return {
    add({ steps, transfers }) {
      for (const step of steps) remember(memories, step);
      for (const digest of transfers) if (moved.size < mostSteps) moved.add(digest);
    },
    steps: () =>
      [...memories]
        .map(([digest, memory]) => timed(digest, memory, moved.has(digest)))
        .sort((left, right) => begin(left) - begin(right) || (left.digest < right.digest ? -1 : 1)),
  };
}

function remember(memories: Map<string, Memory>, step: Step): void {
  const known = memories.get(step.digest);
  if (known === undefined && memories.size >= mostSteps) return;
  const memory = known ?? { name: step.name, inputs: [], ends: new Map(), cached: false, error: null };
  if (known === undefined) memories.set(step.digest, memory);
  // Layers moved later are reported under the same digest without inputs.
  if (step.inputs.length > memory.inputs.length) memory.inputs = step.inputs;
  if (step.name > memory.name) memory.name = step.name;
  memory.cached ||= step.cached;
  if (step.error !== null && step.error > (memory.error ?? '')) memory.error = step.error;
  if (step.startedMs === null) return;
  const end = memory.ends.get(step.startedMs);
  if (end === undefined && memory.ends.size >= mostRuns) return;
  const later = step.completedMs === null ? null : Math.max(step.startedMs, step.completedMs, end ?? 0);
  memory.ends.set(step.startedMs, later ?? end ?? null);
}

function timed(digest: string, { name, inputs, ends, cached, error }: Memory, moved: boolean): TimedStep {
  const runs = [...ends]
    .map(([startMs, endMs]) => ({ startMs, endMs }))
    .sort((left, right) => left.startMs - right.startMs);
  return { digest, name, inputs, runs, cached, error, moved };
}

function begin(step: TimedStep): number {
  return step.runs[0]?.startMs ?? Number.MAX_SAFE_INTEGER;
}
