// Judges one instance from all that is known of it and the time; pure, so that recordings can be replayed.
import type { DeployErrorCode } from './errors.js';
import { type Evidence, failedAnswers } from './evidence.js';
import { isFinal, lifeOf, type Subject } from './life.js';
import type { Counters, Observation } from './target.js';

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
/** Crashes that a platform which starts the instance again makes good, before there is any traffic. */
export const crashesForgiven = 1;

export interface Deadline {
  readonly elapsedMs: number;
  readonly deadlineMs: number;
}

/** Is a started instance fit for traffic? */
export function judgeStart(subject: Subject, evidence: Evidence, time: Deadline): Verdict {
  const { name } = subject;
  const { seen } = evidence;
  const isLate = time.elapsedMs >= time.deadlineMs;
  const isDown = seen !== null && !seen.running;
  const dead = judgeLife(subject, evidence, isLate && isDown ? 0 : crashesForgiven);
  if (dead !== null) return dead;
  if (seen === null) return { kind: 'wait', reason: 'not looked at yet' };
  if (seen.restarting) return { kind: 'wait', reason: 'it ended once and is started again' };
  if (seen.health === 'unhealthy') {
    return {
      kind: 'fail',
      code: 'health-check-failed',
      message: `${name} is unhealthy before it had any traffic, its health check says: ${saidBy(seen)}`,
      hint: 'Look at the service’s healthcheck and at the instance’s last log lines, in the log and summary of this target’s job.',
    };
  }
  const isHealthy = seen.health !== 'starting';
  if (isHealthy && seen.answer.ok) return { kind: 'pass' };
  const reason = isHealthy ? `health path answers ${seen.answer.detail}` : startingReason(seen);
  return isLate ? tooLate(name, seen, reason, time) : { kind: 'wait', reason };
}

function tooLate(name: string, seen: Observation, reason: string, { deadlineMs }: Deadline): Verdict {
  if (seen.health !== 'starting' && !seen.answer.listens) {
    return {
      kind: 'fail',
      code: 'not-listening',
      message: `${name} runs, and after ${seconds(deadlineMs)} nothing takes connections where it is asked: ${seen.answer.detail}`,
      hint: 'Let the service listen on 0.0.0.0 at the port given as port; raise health-deadline when it only needs longer to start.',
    };
  }
  return {
    kind: 'fail',
    code: 'never-healthy',
    message: `${name} was not ready within ${seconds(deadlineMs)}: ${reason}`,
    hint: 'Look at the instance’s last log lines, in the log and summary of this target’s job; raise health-deadline when the service only needs longer to start.',
  };
}

function startingReason({ healthDetail }: Observation): string {
  return `health check: starting${healthDetail === '' ? '' : `, ${healthDetail}`}`;
}

function saidBy({ healthDetail }: Observation): string {
  return healthDetail || 'nothing';
}

export interface TrafficSample {
  /** Gathered since the instance got traffic. */
  readonly evidence: Evidence;
  /** Since the instance got traffic. */
  readonly own: Counters;
  /** The former version’s instances in the same time, summed; zeros when there are none. */
  readonly others: Counters;
  /** Its errors are judged elsewhere, with better means. */
  readonly analysed?: boolean;
}

/** Does an instance in traffic keep up? `wait` means: so far yes. */
export function judgeTraffic(subject: Subject, sample: TrafficSample, time: Deadline): Verdict {
  const { name } = subject;
  const { evidence } = sample;
  const dead = judgeLife(subject, evidence, 0);
  if (dead !== null) return dead;
  if (evidence.seen === null) return { kind: 'wait', reason: 'not looked at yet' };
  const isUnhealthy = evidence.seen.health === 'unhealthy';
  if (isUnhealthy || failedAnswers(evidence) >= failedAnswersLimit) {
    const detail = isUnhealthy ? saidBy(evidence.seen) : evidence.seen.answer.detail;
    return {
      kind: 'fail',
      code: 'unhealthy-in-traffic',
      message: `${name} was healthy when it started and is not in traffic: ${detail}`,
      hint: 'Look at the instance’s last log lines, in the log and summary of this target’s job; the version fails under real requests.',
    };
  }
  const faulty = sample.analysed === true ? null : judgeErrors(name, sample);
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

function judgeLife(subject: Subject, evidence: Evidence, forgiven: number): Verdict | null {
  const { crashes, isGone, end } = lifeOf(subject, evidence);
  if (end === null) return null;
  if (crashes <= forgiven && !isGone && !isFinal(end)) return null;
  const again = crashes > 1 ? `, ${crashes} times` : '';
  return { kind: 'fail', code: end.code, message: `${subject.name} ${end.how}${again}`, hint: end.hint };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
