// The three waits of a swap, each with a deadline, an interval and a cancel path.
import type { Clock } from '@headgate/kit/clock';
import { DeployError } from './errors.js';
import type { Counters, Instance, Target } from './target.js';
import { judgeStart, judgeTraffic, type Verdict } from './verdict.js';

/** Milliseconds between two looks at the number of requests in flight. */
const drainIntervalMs = 100;

export interface Times {
  /** Between two health requests. */
  readonly healthIntervalMs: number;
  /** Until a started instance must be fit for traffic. */
  readonly healthDeadlineMs: number;
  /** How long a new instance must keep up in traffic before an old one goes. */
  readonly settleMs: number;
  /** How long requests in flight may take once an instance gets no new ones. */
  readonly drainDeadlineMs: number;
}

export interface Waits {
  /** @throws {DeployError} instance-exited, never-healthy */
  ready(instance: Instance): Promise<void>;
  /** Answers what the instance did meanwhile. @throws {DeployError} instance-exited, unhealthy-in-traffic, errors-in-traffic */
  settled(instance: Instance, others: readonly Instance[]): Promise<Counters>;
  /** Answers the number of requests still in flight at the deadline. */
  drained(instance: Instance): Promise<number>;
}

export interface WaitDeps {
  readonly target: Target;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly times: Times;
}

export function createWaits(deps: WaitDeps): Waits {
  return {
    ready: (instance) => waitReady(instance, deps),
    settled: (instance, others) => waitSettled(instance, others, deps),
    drained: (instance) => waitDrained(instance, deps),
  };
}

async function waitReady(instance: Instance, { target, clock, signal, times }: WaitDeps): Promise<void> {
  const began = clock.now();
  for (;;) {
    const seen = await target.observe(instance);
    const time = { elapsedMs: clock.now() - began, deadlineMs: times.healthDeadlineMs };
    if (passed(judgeStart(instance, seen, time))) return;
    await clock.sleep(times.healthIntervalMs, signal);
  }
}

async function waitSettled(
  instance: Instance,
  others: readonly Instance[],
  { target, clock, signal, times }: WaitDeps,
): Promise<Counters> {
  const began = clock.now();
  const before = { own: await target.counters(instance), others: await sum(target, others) };
  for (let failedAnswers = 0; ; ) {
    const seen = await target.observe(instance);
    failedAnswers = seen.answer.ok ? 0 : failedAnswers + 1;
    const own = difference(await target.counters(instance), before.own);
    const sample = { seen, failedAnswers, own, others: difference(await sum(target, others), before.others) };
    const time = { elapsedMs: clock.now() - began, deadlineMs: times.settleMs };
    if (passed(judgeTraffic(instance, sample, time))) return own;
    await clock.sleep(Math.min(times.healthIntervalMs, Math.max(times.settleMs - time.elapsedMs, 1)), signal);
  }
}

async function waitDrained(instance: Instance, { target, clock, signal, times }: WaitDeps): Promise<number> {
  const began = clock.now();
  for (;;) {
    const { sessions } = await target.counters(instance);
    if (sessions === 0 || clock.now() - began >= times.drainDeadlineMs) return sessions;
    await clock.sleep(drainIntervalMs, signal);
  }
}

function passed(verdict: Verdict): boolean {
  if (verdict.kind === 'fail') throw new DeployError(verdict);
  return verdict.kind === 'pass';
}

async function sum(target: Target, instances: readonly Instance[]): Promise<Counters> {
  let total: Counters = { responses: 0, errors: 0, sessions: 0 };
  for (const instance of instances) {
    const next = await target.counters(instance);
    total = {
      responses: total.responses + next.responses,
      errors: total.errors + next.errors,
      sessions: total.sessions + next.sessions,
    };
  }
  return total;
}

function difference(after: Counters, before: Counters): Counters {
  return {
    responses: after.responses - before.responses,
    errors: after.errors - before.errors,
    sessions: after.sessions,
  };
}
