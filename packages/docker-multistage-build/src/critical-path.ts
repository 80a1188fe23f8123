// The chain of steps that the build had to wait for, walked back from the last one to end.
import { durationOf, endOf, lastMoment } from './step-time.js';
import type { TimedStep } from './timeline.js';
import { parseVertexName, type VertexName } from './vertex-name.js';

export interface PathStep extends VertexName {
  readonly digest: string;
  /** Milliseconds the step itself took. */
  readonly ms: number;
}

interface Ended {
  readonly step: TimedStep;
  readonly endMs: number;
}

/**
 * In running order, steps that took no time left out. Before each step comes the input that ended last; where
 * BuildKit names no inputs (images, loading, exporting) the step that ended last before it began.
 */
export function criticalPath(steps: readonly TimedStep[]): readonly PathStep[] {
  const end = lastMoment(steps);
  const ended = steps
    .flatMap((step): readonly Ended[] => {
      const endMs = endOf(step, end);
      return endMs === null ? [] : [{ step, endMs }];
    })
    .sort((left, right) => left.endMs - right.endMs);
  const byDigest = new Map(ended.map((one) => [one.step.digest, one]));
  const walked = new Set<string>();
  const path: Ended[] = [];
  let at = ended.length - 1;
  let current = ended[at];
  while (current !== undefined) {
    walked.add(current.step.digest);
    path.push(current);
    const before = lastInput(current, byDigest, walked);
    if (before !== undefined) {
      current = before;
      continue;
    }
    const start = current.step.runs[0]?.startMs ?? 0;
    // Time only runs back, so nothing is looked at twice.
    while (at >= 0 && !precedes(ended[at], start, walked)) at -= 1;
    current = ended[at];
  }
  return path
    .reverse()
    .map(({ step }) => ({ ...parseVertexName(step.name), digest: step.digest, ms: durationOf(step, end) }))
    .filter(({ ms }) => ms > 0);
}

function lastInput(
  { step }: Ended,
  byDigest: ReadonlyMap<string, Ended>,
  walked: ReadonlySet<string>,
): Ended | undefined {
  let last: Ended | undefined;
  for (const digest of step.inputs) {
    const input = byDigest.get(digest);
    if (input === undefined || walked.has(digest)) continue;
    if (last === undefined || input.endMs > last.endMs) last = input;
  }
  return last;
}

function precedes(one: Ended | undefined, start: number, walked: ReadonlySet<string>): boolean {
  return one !== undefined && one.endMs <= start && !walked.has(one.step.digest);
}
