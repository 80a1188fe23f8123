// Where an analysis has its numbers from: the router's counters, or another source that is asked beside the looks.
import type { Sample, Tally } from './analysis.js';
import { add, difference } from './counters.js';
import { timesOf } from './latency.js';
import { createMeans } from './means.js';
import type { Counted, Glance } from './settling.js';
import type { Step } from './step-analysis.js';
import type { AnalysisPlan } from './strategy-analysis.js';
import { type Counters, type Instance, noTraffic } from './target.js';

/** Another source of numbers than the router. Rejects with what went wrong; nothing of it is an error of the version. */
export interface Metrics {
  /** @throws {DeployError} prometheus-refused, for what no waiting mends */
  check(instances: MetricsQuestion): Promise<void>;
  read(question: MetricsQuestion): Promise<Sample>;
}

export interface MetricsQuestion {
  readonly canary: readonly string[];
  readonly baseline: readonly string[];
  /** How far back. */
  readonly seconds: number;
}

/** Milliseconds between two questions to another source. */
const metricsIntervalMs = 5_000;

export interface Gathered {
  readonly samples: readonly Sample[];
  /** Why samples are missing; '' when none is. */
  readonly problem: string;
}

export type Gather = (glance: Glance, isDue: boolean) => Promise<Gathered>;

/** From the router's counters: one sample holds all that was counted since the step began. */
export function createGathering({ latency }: AnalysisPlan): Gather {
  const [canary, baseline] = [createMeans(), createMeans()];
  return async ({ newcomers, others }) => {
    const times =
      latency === null ? null : { canary: timesOf(canary(newcomers)), baseline: timesOf(baseline(others)) };
    const sample = { canary: tallyOf(gained(newcomers)), baseline: tallyOf(gained(others)), times };
    return { samples: [sample], problem: '' };
  };
}

/** From elsewhere: asked now and then beside the looks, and once more at the end. */
export function createReading(step: Step, metrics: Metrics | undefined): Gather {
  const samples: Sample[] = [];
  let problem = 'no metrics yet';
  let asked = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | null = null;
  const names = (instances: readonly Instance[]): readonly string[] => instances.map(({ name }) => name);
  const ask = async (seconds: number): Promise<void> => {
    try {
      const question = { canary: names(step.fresh), baseline: names(step.former), seconds };
      const sample = await metrics?.read(question);
      if (sample !== undefined) samples.push(sample);
      problem = '';
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    pending = null;
  };
  return async ({ elapsedMs }, isDue) => {
    if (pending === null && (isDue || elapsedMs - asked >= metricsIntervalMs)) {
      asked = elapsedMs;
      pending = ask(Math.max(1, Math.round(elapsedMs / 1000)));
    }
    if (isDue) await pending;
    return { samples, problem };
  };
}

function gained(counted: readonly Counted[]): Counters {
  return counted.reduce((sum, { now, before }) => add(sum, difference(now, before)), noTraffic);
}

export function tallyOf({ responses, errors }: Counters): Tally {
  return { requests: Math.max(responses, errors), errors };
}
