// Where a build's time went and what its cache was worth, from the recorded steps alone.
import { type Advice, adviseOn } from './build-advice.js';
import { type CacheCost, cacheCost, type KnownTimes } from './cache-cost.js';
import { isHit } from './cache-hit.js';
import { criticalPath, type PathStep } from './critical-path.js';
import { type FirstMiss, findFirstMiss, type MissFacts, missFacts, type NamedStep } from './first-miss.js';
import { durationOf, lastMoment, unionMs } from './step-time.js';
import type { TimedStep } from './timeline.js';
import { parseVertexName, type VertexName } from './vertex-name.js';

export interface StepReport extends VertexName {
  readonly digest: string;
  /** Milliseconds from the start of the build; null when it never ran. */
  readonly startMs: number | null;
  /** Milliseconds; for a cached step what it took to restore its layers. */
  readonly ms: number;
  readonly outcome: 'cached' | 'ran' | 'failed' | 'unstarted';
}

export interface StageReport {
  /** Null in a file of one stage. */
  readonly stage: string | null;
  readonly platform: string | null;
  /** Milliseconds from the start of the build to the stage's first step; null when none ran. */
  readonly startMs: number | null;
  /** Milliseconds in which at least one of its steps ran. */
  readonly wallMs: number;
  /** Sum over its steps, milliseconds. */
  readonly workMs: number;
  readonly counted: number;
  readonly hits: number;
  readonly firstMiss: FirstMiss | null;
  readonly steps: readonly StepReport[];
}

export interface BuildReport {
  /** From the first start to the last end, milliseconds. */
  readonly totalMs: number;
  /** In the order they began. */
  readonly stages: readonly StageReport[];
  /** Work around the stages: loading, importing, exporting. */
  readonly around: readonly StepReport[];
  readonly counted: number;
  readonly hits: number;
  /** 0 to 1; null when no step counts. */
  readonly hitRatio: number | null;
  readonly criticalPath: readonly PathStep[];
  readonly cache: CacheCost;
  readonly advice: Advice;
}

/**
 * Reports on one build. Total: any recording, also a broken or hostile one, gives a report.
 * A step that had not ended when the recording did counts up to its last moment.
 */
export function buildReport(steps: readonly TimedStep[], known: KnownTimes = new Map()): BuildReport {
  const end = lastMoment(steps);
  const begin = steps.reduce((first, step) => Math.min(first, step.runs[0]?.startMs ?? first), end);
  const named = steps.map((step) => ({ step, name: parseVertexName(step.name) }));
  const inStages = named.filter(({ name }) => name.position !== null);
  const groups = Map.groupBy(inStages, ({ name }) => `${name.platform ?? ''} ${name.stage ?? ''}`);
  const facts = { misses: missFacts(named), end, begin };
  const stages = [...groups.values()].map((group) => stageReport(group, facts));
  const counted = sum(stages, (stage) => stage.counted);
  const hits = sum(stages, (stage) => stage.hits);
  const measured = {
    totalMs: end - begin,
    stages,
    around: named
      .filter(({ name }) => name.position === null)
      .map(({ step, name }) => stepReport(step, name, facts)),
    counted,
    hits,
    hitRatio: counted === 0 ? null : hits / counted,
    criticalPath: criticalPath(steps),
    cache: cacheCost(steps, known),
  };
  return { ...measured, advice: adviseOn(measured) };
}

interface Facts {
  readonly misses: MissFacts;
  readonly begin: number;
  readonly end: number;
}

function stageReport(group: readonly NamedStep[], facts: Facts): StageReport {
  const first = group[0]?.name;
  const steps = group.map(({ step, name }) => stepReport(step, name, facts));
  const counted = group.filter(({ name }) => name.kind !== null);
  const started = steps.flatMap(({ startMs }) => (startMs === null ? [] : [startMs]));
  return {
    stage: first?.stage ?? null,
    platform: first?.platform ?? null,
    startMs: started.length === 0 ? null : started.reduce((left, right) => Math.min(left, right)),
    wallMs: unionMs(
      group.map(({ step }) => step),
      facts.end,
    ),
    workMs: sum(steps, ({ ms }) => ms),
    counted: counted.length,
    hits: counted.filter(({ step, name }) => isHit(step, name)).length,
    firstMiss: findFirstMiss(group, facts.misses),
    steps: steps.toSorted((left, right) => (left.position ?? 0) - (right.position ?? 0)),
  };
}

function stepReport(step: TimedStep, name: VertexName, { begin, end }: Facts): StepReport {
  const start = step.runs[0]?.startMs;
  return {
    ...name,
    digest: step.digest,
    startMs: start === undefined ? null : start - begin,
    ms: durationOf(step, end),
    outcome: outcomeOf(step, name),
  };
}

function outcomeOf(step: TimedStep, name: VertexName): StepReport['outcome'] {
  if (step.error !== null) return 'failed';
  if (step.runs.length === 0 && !step.cached) return 'unstarted';
  return isHit(step, name) ? 'cached' : 'ran';
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}
