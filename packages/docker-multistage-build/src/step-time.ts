// Sums over the times of steps.
import type { TimedStep } from './timeline.js';

/** The last moment any step is known to have been alive, milliseconds since the epoch; 0 without any. */
export function lastMoment(steps: readonly TimedStep[]): number {
  let last = 0;
  for (const { runs } of steps) for (const run of runs) last = Math.max(last, run.startMs, run.endMs ?? 0);
  return last;
}

/** Milliseconds a step ran; its runs may overlap when BuildKit opens it twice. @param end stands for an end that is missing. */
export function durationOf(step: TimedStep, end: number): number {
  return unionMs([step], end);
}

/** Milliseconds in which at least one of the steps ran. */
export function unionMs(steps: readonly TimedStep[], end: number): number {
  const runs = steps
    .flatMap((step) => step.runs.map((run) => ({ startMs: run.startMs, endMs: run.endMs ?? end })))
    .sort((left, right) => left.startMs - right.startMs);
  let total = 0;
  let covered = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of runs) {
    if (endMs <= covered) continue;
    total += endMs - Math.max(startMs, covered);
    covered = endMs;
  }
  return total;
}

/** When the step's last run ended; null when it never ran. */
export function endOf(step: TimedStep, end: number): number | null {
  if (step.runs.length === 0) return null;
  return step.runs.reduce((last, run) => Math.max(last, run.endMs ?? end), 0);
}
