// Everything that failed in a run: legs by their entries, other jobs by what they handed on. Pure.
import type { Failure } from '@headgate/kit/failure';
import type { Entry } from '@headgate/kit/record';
import { legHash } from '@headgate/kit/record-names';
import { jobOf } from './expected-jobs.js';
import type { JobResult } from './input-forms.js';

export interface FailedLeg {
  /** What people call it: `images shop`, `decide`. */
  readonly title: string;
  /** 12 hex digits. */
  readonly leg: string;
  readonly failure: Failure;
  /** The job's own name, without the callers before it; or, for a job that calls others, theirs. */
  readonly job: string;
}

export interface RunState {
  /** One entry a leg, as chosen by `chooseEntries`. */
  readonly chosen: readonly Entry[];
  readonly needs: ReadonlyMap<string, JobResult>;
  /** What failed jobs handed on, by job. */
  readonly handedOn: ReadonlyMap<string, Failure>;
  /** What the judge of the run says; null when it is content, or has not been asked. */
  readonly verdict: Failure | null;
}

/** These fail with whatever failed before them. */
const followers: readonly string[] = ['collect', 'record'];

/** In the order of stages; the verdict alone, where nothing else says why. */
export function failedLegs({ chosen, needs, handedOn, verdict }: RunState): readonly FailedLeg[] {
  const entries = chosen.filter(({ result }) => result === 'failure');
  const failed = [...needs].flatMap(([job, result]) => (result === 'failure' ? [job] : []));
  const told = failed.flatMap((job) => jobFailure(job, handedOn.get(job) ?? null));
  const covered = new Set(entries.flatMap(({ stage }) => jobsOf(stage)));
  const silent = failed.filter((job) => !handedOn.has(job) && !covered.has(job) && !followers.includes(job));
  const found = [...told, ...entries.map(entryFailure), ...silent.map(silentJob)];
  if (found.length > 0 || verdict === null || verdict.code === 'cancelled') return found;
  return [jobLeg('result', verdict)];
}

/** The run has ended as it should, without what it was about: something newer took its place, or it makes room. */
const orderlyEnds: ReadonlySet<string> = new Set(['superseded', 'parked']);

/** Whether nobody has to be told: who asked for a restored release is told in any case that it did not come. */
export function isOrderlyEnd(found: readonly FailedLeg[], isRestored: boolean): boolean {
  return found.length > 0 && !isRestored && found.every(({ failure }) => orderlyEnds.has(failure.code));
}

function jobsOf(stage: Entry['stage']): readonly string[] {
  // A pull request shows its plans in a job of their own.
  return stage === 'plan' ? [jobOf.plan, 'infrastructure'] : [jobOf[stage]];
}

function jobFailure(job: string, failure: Failure | null): readonly FailedLeg[] {
  return failure === null ? [] : [jobLeg(job, failure)];
}

function jobLeg(job: string, failure: Failure): FailedLeg {
  return { title: job, leg: legHash('finish', `job ${job}`), failure, job };
}

function silentJob(job: string): FailedLeg {
  const message = `the job ${job} failed before it could say why`;
  const hint = 'See its log: the runner was lost, the time was up, or a step around the action failed.';
  return jobLeg(job, { code: 'stage-failed', message, hint });
}

function entryFailure({ stage, name, leg, cause }: Entry): FailedLeg {
  const silent = { code: 'leg-failed', message: 'it gave no cause', hint: 'See the log of that job.' };
  return { title: `${stage} ${name}`, leg, failure: cause ?? silent, job: jobName(stage, name) };
}

/** As the workflows name the jobs of a stage. */
function jobName(stage: Entry['stage'], name: string): string {
  const applied = /^infrastructure\/(.*)$/s.exec(name)?.[1];
  switch (stage) {
    case 'images':
      return `image (${name})`;
    case 'machine-images':
      return `machine-image (${name})`;
    case 'plan':
      return name === 'configuration' ? name : `plan (${name})`;
    case 'approval':
      return 'wait';
    case 'deploy':
      return applied === undefined ? `target (${name})` : `apply (${applied})`;
    case 'finish':
      return name === 'release' ? 'draft' : name;
    case 'notify':
      return 'notify';
  }
}
