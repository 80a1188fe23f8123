// Whether what ran is what was expected, stage by stage, and the first cause when it is not. Pure.
import type { Decision, Leg } from '@headgate/configuration/decision';
import type { ActionError } from '@headgate/kit/errors';
import type { Entry, LegResult, StageName } from '@headgate/kit/record';
import { failure } from './failures.js';
import type { JobResult } from './input-forms.js';
import type { Barrier } from './inputs.js';

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

/** Which stages a barrier closes. */
const stagesUntil: Readonly<Record<Barrier, readonly StageName[]>> = {
  images: ['images', 'machine-images'],
  plan: ['images', 'machine-images', 'plan'],
  wait: ['images', 'machine-images', 'plan', 'approval'],
  end: ['images', 'machine-images', 'plan', 'approval', 'deploy', 'finish', 'notify'],
  result: ['images', 'machine-images', 'plan', 'approval', 'deploy', 'finish', 'notify'],
};

/** The legs that must have left an entry at a barrier. */
export function legsUntil(decision: Decision, barrier: Barrier): readonly Leg[] {
  return [...decision.images, ...decision.targets].filter(({ stage }) =>
    stagesUntil[barrier].includes(stage),
  );
}

/** Compares entries and job results with the decision. */
export function judge(observation: Observation): Outcome {
  const { decision, barrier, needs } = observation;
  const stages = decision.stages
    .filter(({ stage }) => stagesUntil[barrier].includes(stage))
    .map(({ stage, expected }) => stageOutcome(stage, expected, observation));
  const cause = firstFailure(stages) ?? jobCause(needs, decision) ?? firstStop(stages, needs);
  const result = cause === null ? 'success' : cause.code === 'cancelled' ? 'cancelled' : 'failure';
  return { result, stages, cause };
}

function stageOutcome(
  stage: StageName,
  expected: boolean,
  { decision, chosen, needs }: Observation,
): StageOutcome {
  if (!expected) return { stage, result: 'not expected', legs: [] };
  const legs = [...decision.images, ...decision.targets]
    .filter((leg) => leg.stage === stage)
    .map(({ name }) => ({
      name,
      entry: chosen.find((entry) => entry.stage === stage && entry.name === name) ?? null,
    }));
  return { stage, result: stageResult(legs, needs.get(stage)), legs };
}

function stageResult(legs: readonly LegOutcome[], job: JobResult | undefined): StageResult {
  const has = (result: LegResult): boolean => legs.some(({ entry }) => entry?.result === result);
  if (has('failure')) return 'failure';
  if (job === 'cancelled' || has('cancelled')) return 'cancelled';
  if (job === 'skipped') return 'skipped';
  if (legs.some(({ entry }) => entry === null)) return 'missing';
  return 'success';
}

/** Failures come before what they made others skip, and in the order of stages. */
function firstFailure(stages: readonly StageOutcome[]): ActionError | null {
  for (const { stage, result, legs } of stages) {
    if (result === 'failure') return failedLeg(stage, legs);
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
  return failure('leg-failed', message, cause?.hint ?? 'See the log of that job.');
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
  const failed = [...needs].filter(([, result]) => result === 'failure').map(([job]) => job);
  if (failed.length > 0) {
    return failure(
      'stage-failed',
      `the job ${failed.join(', ')} failed`,
      'See its log, then re-run failed jobs.',
    );
  }
  const isWork = decision.stages.some(({ expected }) => expected);
  // `collect` is no stage, but nothing can be handed on without it.
  const skipped = isWork && needs.get('collect') === 'skipped' && ![...needs.values()].includes('cancelled');
  return skipped
    ? failure('stage-skipped', 'the job collect was expected to run; it was skipped', skippedHint)
    : null;
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
