// Asks a service at a fixed offered rate over kept-alive connections, whatever the answers do, and counts what failed.
import { Agent } from 'node:http';
import { performance } from 'node:perf_hooks';
import { ask, type LoadRequest } from './load-request.js';
import { createTally, type LoadReport, type Tally } from './load-tally.js';

export interface LoadPlan {
  /** Of each host, `http://127.0.0.1:PORT`: a round of all requests goes to one, the next round to the next. */
  readonly targets: readonly string[];
  /** Requests offered each second. */
  readonly rate: number;
  /** Asked in turn. */
  readonly requests: readonly LoadRequest[];
  /** Milliseconds after which an unanswered request has failed. */
  readonly timeoutMs: number;
}

export interface Load {
  report(): LoadReport;
  /** Something happened to the service: the first mark opens the window, each further one moves its end. */
  mark(): void;
  /** Offers no more, waits for what is in flight, and reports. */
  stop(): Promise<LoadReport>;
}

/** The clock that requests become due by; tests have their own. */
export interface LoadTime {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls again and again; returns what ends it. */
  every(milliseconds: number, tick: () => void): () => void;
}

const realTime: LoadTime = {
  now: () => performance.now(),
  every: (milliseconds, tick) => {
    const timer = setInterval(tick, milliseconds);
    return () => clearInterval(timer);
  },
};

interface Run {
  readonly plan: LoadPlan;
  readonly time: LoadTime;
  readonly agent: Agent;
  readonly tally: Tally;
  readonly startedAt: number;
  sent: number;
  open: number;
}

/**
 * Connections at most: requests that find none wait, and their latency says so. A crowd of new connections would
 * hinder a machine that is short of time more than it would tell.
 */
const connections = 64;
const tickMs = 5;

/**
 * Starts offering load at once. A latency counts from the moment a request was due, so that a service (or a machine)
 * that falls behind is seen; any status outside 200–299, a cut connection and a timeout are failures; nothing is retried.
 */
export function startLoad(plan: LoadPlan, time: LoadTime = realTime): Load {
  const startedAt = time.now();
  const run: Run = {
    plan,
    time,
    agent: new Agent({ keepAlive: true, maxSockets: connections, keepAliveMsecs: 30_000 }),
    tally: createTally({ rate: plan.rate, startedAt }),
    startedAt,
    sent: 0,
    open: 0,
  };
  let drained: (() => void) | null = null;
  const finished = (): void => {
    if (run.open === 0) drained?.();
  };
  const end = time.every(tickMs, () => offer(run, finished));
  return {
    report: () => run.tally.report(time.now()),
    mark: () => run.tally.mark(time.now()),
    stop: async () => {
      end();
      const endedAt = time.now();
      await new Promise<void>((resolve) => {
        drained = resolve;
        finished();
      });
      run.agent.destroy();
      return run.tally.report(endedAt);
    },
  };
}

function offer(run: Run, finished: () => void): void {
  const due = Math.floor(((run.time.now() - run.startedAt) * run.plan.rate) / 1_000);
  while (run.sent < due) {
    const dueAt = run.startedAt + (run.sent * 1_000) / run.plan.rate;
    const { requests, targets } = run.plan;
    const next = requests[run.sent % requests.length];
    const target = targets[Math.floor(run.sent / requests.length) % targets.length];
    run.sent += 1;
    if (next === undefined || target === undefined) continue;
    run.open += 1;
    ask(next, { target, timeoutMs: run.plan.timeoutMs, agent: run.agent }, (failure) =>
      settle(run, { dueAt, next, failure }, finished),
    );
  }
}

function settle(
  run: Run,
  answer: { dueAt: number; next: LoadRequest; failure: string | null },
  finished: () => void,
): void {
  run.open -= 1;
  const { dueAt, next, failure } = answer;
  const what = failure === null ? null : `${next.method} ${next.path} ${failure}`;
  run.tally.add({ dueAt, at: run.time.now(), failure: what });
  finished();
}
