// Judges one instance from what was seen of it; pure, so that recorded observations can be replayed.
import type { DeployErrorCode } from './errors.js';
import type { Counters, Instance, Observation } from './target.js';

export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'wait'; readonly reason: string }
  | {
      readonly kind: 'fail';
      readonly code: DeployErrorCode;
      readonly message: string;
      readonly hint: string;
    };

/** Consecutive unanswered health requests in traffic that condemn an instance; one alone may be chance. */
export const failedAnswersLimit = 3;
/** Server errors below this number condemn nothing, whatever their share. */
export const errorsLimit = 3;
/** Points of error share above the former version's own share that condemn. */
export const errorShareLimit = 0.05;

export type Subject = Pick<Instance, 'name' | 'restarts'>;

export interface Deadline {
  readonly elapsedMs: number;
  readonly deadlineMs: number;
}

/** Is a started instance fit for traffic? */
export function judgeStart(instance: Subject, seen: Observation, time: Deadline): Verdict {
  const { name } = instance;
  const dead = judgeLife(instance, seen);
  if (dead !== null) return dead;
  if (seen.health === 'unhealthy') {
    return {
      kind: 'fail',
      code: 'never-healthy',
      message: `${name} is unhealthy before it had any traffic: ${seen.healthDetail || 'no output of its health check'}`,
      hint: 'Look at the instance’s last log lines, in the log and summary of this target’s job and at the service’s healthcheck.',
    };
  }
  const healthy = seen.health !== 'starting';
  if (healthy && seen.answer.ok) return { kind: 'pass' };
  const reason = healthy ? `health path answers ${seen.answer.detail}` : `health check: ${seen.health}`;
  if (time.elapsedMs < time.deadlineMs) return { kind: 'wait', reason };
  return {
    kind: 'fail',
    code: 'never-healthy',
    message: `${name} was not ready within ${seconds(time.deadlineMs)}: ${reason}`,
    hint: 'Look at the instance’s last log lines, in the log and summary of this target’s job; raise health-deadline when the service only needs longer to start.',
  };
}

export interface TrafficSample {
  readonly seen: Observation;
  /** Health requests failed in a row, this one included. */
  readonly failedAnswers: number;
  /** Since the instance got traffic. */
  readonly own: Counters;
  /** The former version’s instances in the same time, summed; zeros when there are none. */
  readonly others: Counters;
}

/** Does an instance in traffic keep up? `wait` means: so far yes. */
export function judgeTraffic(instance: Subject, sample: TrafficSample, time: Deadline): Verdict {
  const { name } = instance;
  const dead = judgeLife(instance, sample.seen);
  if (dead !== null) return dead;
  const unhealthy = sample.seen.health === 'unhealthy';
  if (unhealthy || sample.failedAnswers >= failedAnswersLimit) {
    const detail = unhealthy ? sample.seen.healthDetail : sample.seen.answer.detail;
    return {
      kind: 'fail',
      code: 'unhealthy-in-traffic',
      message: `${name} was healthy when it started and is not in traffic: ${detail || 'no output of its health check'}`,
      hint: 'Look at the instance’s last log lines, in the log and summary of this target’s job; the version fails under real requests.',
    };
  }
  const faulty = judgeErrors(name, sample);
  if (faulty !== null) return faulty;
  return time.elapsedMs >= time.deadlineMs ? { kind: 'pass' } : { kind: 'wait', reason: 'settling' };
}

function judgeErrors(name: string, { own, others }: TrafficSample): Verdict | null {
  const share = own.errors / Math.max(own.responses, own.errors, 1);
  const usual = others.errors / Math.max(others.responses, others.errors, 1);
  if (own.errors < errorsLimit || share <= usual + errorShareLimit) return null;
  return {
    kind: 'fail',
    code: 'errors-in-traffic',
    message: `${name} says it is healthy but answered ${own.errors} of ${Math.max(own.responses, own.errors)} requests with a server error`,
    hint: 'Look at the instance’s last log lines, in the log and summary of this target’s job; make the health path fail when the service cannot do its work.',
  };
}

function judgeLife({ name, restarts }: Subject, seen: Observation): Verdict | null {
  if (seen.running && seen.restarts <= restarts) return null;
  const code = seen.exitCode === null ? '' : ` with code ${seen.exitCode}`;
  const how = seen.outOfMemory ? 'was killed for lack of memory' : `ended by itself${code}`;
  return {
    kind: 'fail',
    code: 'instance-exited',
    message: `${name} ${how}`,
    hint: seen.outOfMemory
      ? 'Raise the service’s memory limit or make it use less.'
      : 'Look at the instance’s last log lines, in the log and summary of this target’s job; start the image with the same environment to see it fail.',
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
