// What a played story leaves: the report for people and, in exactly this shape, for machines.
import type { DeliveryRecord } from '@headgate/kit/record';
import { latestJobs } from '../github/run-reading.js';
import type { RunState } from '../model.js';
import type { LoadFigures, LoadReport } from '../parts/load-tally.js';
import type { TrafficReport } from '../parts/traffic-tally.js';

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** What was expected and is not so; empty when ok. */
  readonly problems: readonly string[];
  /** Runs that began in this step. */
  readonly runs: readonly RunState[];
  /** Runs of earlier steps that went on or ran again here, and were judged here. */
  readonly continued: readonly RunState[];
  /** The record that the step's delivery left, if one did. */
  readonly record: DeliveryRecord | null;
}

export interface RunningImage {
  readonly image: string;
  readonly environment: string;
  readonly digest: string;
  readonly instances: number;
}

export interface StoryResult {
  readonly story: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly steps: readonly StepResult[];
  /** Steps that were not played because an earlier one failed. */
  readonly notPlayed: readonly string[];
  readonly load: LoadReport | null;
  /** Who answered the load while instances were swapped. */
  readonly traffic: TrafficReport | null;
  readonly running: readonly RunningImage[];
  readonly mail: readonly { readonly to: string; readonly subject: string }[];
  readonly repository: { readonly branches: readonly string[]; readonly tags: readonly string[] };
  /** Whether everything of the production branch is in the development branch. */
  readonly backMerge: { readonly branch: string; readonly into: string; readonly done: boolean };
}

/** The JSON document of `headgate rehearse --json`; times in seconds. */
export function toJson(result: StoryResult): unknown {
  const { story, ok, seconds, load, mail, repository } = result;
  return {
    story,
    ok,
    seconds,
    steps: result.steps.map((step) => ({
      name: step.name,
      ok: step.ok,
      seconds: step.seconds,
      runs: step.runs.map(runJson),
    })),
    load: load === null ? null : loadJson(load),
    mail,
    repository,
    record: newestRecord(result),
  };
}

/** The figures between the first swap and the last drained instance, and those of all that was asked. */
function loadJson(load: LoadReport): unknown {
  const figures = ({ requests, failed, p50ms, p99ms, elapsedMs }: LoadFigures) => ({
    requests,
    failed,
    p50ms,
    p99ms,
    seconds: toSeconds(elapsedMs),
  });
  return { ...figures(load.window ?? load), rate: load.rate, all: figures(load) };
}

/** The record of the last step that left one. */
export function newestRecord(result: Pick<StoryResult, 'steps'>): DeliveryRecord | null {
  return result.steps.findLast((step) => step.record !== null)?.record ?? null;
}

function runJson(run: RunState): unknown {
  return {
    event: run.event.name,
    ref: run.event.ref,
    jobs: latestJobs(run).map((job) => ({
      name: job.name,
      result: job.conclusion,
      seconds: jobSeconds(job),
    })),
  };
}

/** Seconds a job took, to a tenth; 0 for one that never began. */
export function jobSeconds(job: {
  readonly startedAt: number | null;
  readonly completedAt: number | null;
}): number {
  if (job.startedAt === null || job.completedAt === null) return 0;
  return toSeconds(job.completedAt - job.startedAt);
}

export function toSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
