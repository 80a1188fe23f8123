// Whether what ran is what was expected, stage by stage, and the first cause when it is not. Pure.
import type { Decision } from '@headgate/configuration/decision';
import type { ActionError } from '@headgate/kit/errors';
import type { Entry } from '@headgate/kit/record';
import type { LegResult, StageName } from '@headgate/kit/record-parts';
import { expectedJobs, jobOf } from './expected-jobs.js';
import { failure, placedFailure } from './failures.js';
import type { JobResult } from './input-forms.js';
import type { Barrier } from './inputs.js';
import { closes, legsUntil } from './wanted-legs.js';

export type StageResult = LegResult | 'missing' | 'skipped' | 'not expected';

export interface StageOutcome {
  readonly stage: StageName;
  readonly result: StageResult;
  readonly legs: readonly LegOutcome[];
}

export interface LegOutcome {
  readonly name: string;
  /** The entry that counts; null when the leg left none. */
  readonly entry: Entry | null;
}

export interface Outcome {
  readonly result: LegResult;
  readonly stages: readonly StageOutcome[];
  /** The first cause in the order of stages; null for a success. */
  readonly cause: ActionError | null;
}

export interface Observation {
  readonly decision: Decision;
  readonly barrier: Barrier;
  /** One entry a leg, as chosen by `mergeEntries`. */
  readonly chosen: readonly Entry[];
  /** Results of the jobs before; empty at barriers that do not ask for them. */
  readonly needs: ReadonlyMap<string, JobResult>;
}

/** Compares entries and job results with the decision. */
export function judge(observation: Observation): Outcome {
  const { decision, barrier, needs } = observation;
  const stages: StageOutcome[] = [];
  for (const { stage, expected } of decision.stages) {
    if (closes(barrier, stage))
      stages.push(stageOutcome(stage, expected, { ...observation, before: stages }));
  }
  const cause =
    firstFailure(stages) ?? jobCause(needs, decision) ?? firstStop(stages, needs) ?? recordCause(needs);
  const result = cause === null ? 'success' : cause.code === 'cancelled' ? 'cancelled' : 'failure';
  return { result, stages, cause };
}

interface StageObservation extends Observation {
  readonly before: readonly StageOutcome[];
}

function stageOutcome(stage: StageName, expected: boolean, observation: StageObservation): StageOutcome {
  if (!expected) return { stage, result: 'not expected', legs: [] };
  const { decision, barrier, chosen, needs, before } = observation;
  const legs = legsUntil(decision, barrier)
    .filter((leg) => leg.stage === stage)
    .map(({ name }) => ({
      name,
      entry: chosen.find((entry) => entry.stage === stage && entry.name === name) ?? null,
    }));
  if (legs.every(({ entry }) => entry === null) && isStopped(stage, before))
    return { stage, result: 'skipped', legs };
  return { stage, result: stageResult(stage, legs, needs.get(jobOf[stage])), legs };
}

/** These follow each other; the rest of a run goes on without them. */
const chain: readonly StageName[] = ['images', 'machine-images', 'plan', 'approval', 'deploy'];

/** Nothing of it ran, because something before it did not succeed: that is the news, not the entries it lacks. */
function isStopped(stage: StageName, before: readonly StageOutcome[]): boolean {
  const place = chain.indexOf(stage);
  return (
    place >= chain.indexOf('plan') &&
    before.some(
      ({ stage: other, result }) =>
        chain.indexOf(other) >= 0 &&
        chain.indexOf(other) < place &&
        result !== 'success' &&
        result !== 'not expected',
    )
  );
}

function stageResult(stage: StageName, legs: readonly LegOutcome[], job: JobResult | undefined): StageResult {
  const has = (result: LegResult): boolean => legs.some(({ entry }) => entry?.result === result);
  if (has('failure')) return 'failure';
  // What became of the job as a whole says nothing about its first stages.
  const isWhole = stage !== 'plan' && stage !== 'approval';
  const isDone = legs.length > 0 && legs.every(({ entry }) => entry?.result === 'success');
  if (isDone && !isWhole && job !== 'skipped') return 'success';
  if (job === 'cancelled' || has('cancelled')) return 'cancelled';
  if (job === 'skipped') return 'skipped';
  if (legs.some(({ entry }) => entry === null)) return 'missing';
  return legs.length === 0 && job === 'failure' ? 'failure' : 'success';
}

/** Failures come before what they made others skip, and in the order of stages. */
function firstFailure(stages: readonly StageOutcome[]): ActionError | null {
  for (const { stage, result, legs } of stages) {
    // A stage without legs has failed as a job, which is named as one.
    if (result === 'failure' && legs.length > 0) return failedLeg(stage, legs);
    if (result === 'missing') return missingLeg(stage, legs);
  }
  return null;
}

function failedLeg(stage: StageName, legs: readonly LegOutcome[]): ActionError {
  const failed = legs.filter(({ entry }) => entry?.result === 'failure');
  const [first] = failed;
  const cause = first?.entry?.cause;
  const others = failed.slice(1).map(({ name }) => name);
  const also = others.length === 0 ? '' : ` (also failed: ${others.join(', ')})`;
  const message = `${stage} ${first?.name ?? ''} failed: ${cause?.message ?? 'it gave no cause'}${also}`;
  const place = cause?.file === undefined ? null : { file: cause.file, line: cause.line ?? null };
  return placedFailure('leg-failed', { message, hint: cause?.hint ?? 'See the log of that job.', place });
}

function missingLeg(stage: StageName, legs: readonly LegOutcome[]): ActionError {
  const names = legs.filter(({ entry }) => entry === null).map(({ name }) => name);
  const message = `${stage}: an entry of ${names.join(', ')} was expected, none was left`;
  const hint =
    'The job ended before the action could report (runner lost, time limit, checkout failed): see its log, then re-run failed jobs.';
  return failure('leg-missing', message, hint);
}

/** A job that failed without a failed leg: `decide` itself, or something around the actions. */
function jobCause(needs: ReadonlyMap<string, JobResult>, decision: Decision): ActionError | null {
  const failed = [...needs].filter(([job, result]) => result === 'failure' && job !== 'record');
  if (failed.length > 0) return failedJobs(failed.map(([job]) => job));
  if (decision.nothing !== null || [...needs.values()].includes('cancelled')) return null;
  const skipped = expectedJobs(decision).find((job) => needs.get(job) === 'skipped');
  return skipped === undefined
    ? null
    : failure('stage-skipped', `the job ${skipped} was expected to run; it was skipped`, skippedHint);
}

function failedJobs(jobs: readonly string[]): ActionError {
  const hint = 'See its log: its last lines name the cause and the cure. Then re-run failed jobs.';
  return failure('stage-failed', `the job ${jobs.join(', ')} failed`, hint);
}

/** It judges the same legs, so it fails with whatever failed before: news only when nothing else is. */
function recordCause(needs: ReadonlyMap<string, JobResult>): ActionError | null {
  return needs.get('record') === 'failure' ? failedJobs(['record']) : null;
}

const skippedHint =
  'See the conditions (`if:`) of that job in the workflow; an expected stage must not be skipped.';

function firstStop(
  stages: readonly StageOutcome[],
  needs: ReadonlyMap<string, JobResult>,
): ActionError | null {
  const cancelled = [...needs].find(([, result]) => result === 'cancelled')?.[0];
  const stopped = cancelled ?? stages.find(({ result }) => result === 'cancelled')?.stage;
  if (stopped !== undefined) {
    return failure('cancelled', `${stopped} was cancelled`, 'Re-run the failed jobs if this was not meant.');
  }
  const skipped = stages.find(({ result }) => result === 'skipped');
  if (skipped === undefined) return null;
  return failure(
    'stage-skipped',
    `the stage ${skipped.stage} was expected to run; it was skipped`,
    skippedHint,
  );
}
