// Asks a service at a fixed offered rate over kept-alive connections, whatever the answers do, and counts what failed.
import { Agent } from 'node:http';
import { performance } from 'node:perf_hooks';
import { createHistogram, type Histogram, type HistogramMark } from './histogram.js';
import { ask, type LoadRequest } from './load-request.js';

export interface LoadPlan {
  /** `http://127.0.0.1:PORT` */
  readonly target: string;
  /** Requests offered each second. */
  readonly rate: number;
  /** Asked in turn. */
  readonly requests: readonly LoadRequest[];
  /** Milliseconds after which an unanswered request has failed. */
  readonly timeoutMs: number;
}

export interface LoadFigures {
  /** Requests answered or failed. */
  readonly requests: number;
  readonly failed: number;
  readonly p50ms: number;
  readonly p99ms: number;
  /** Milliseconds that the figures are about. */
  readonly elapsedMs: number;
}

/** Figures since the first request was due. */
export interface LoadReport extends LoadFigures {
  /** Requests offered each second. */
  readonly rate: number;
  /** Requests answered or failed since the first mark; 0 before it. */
  readonly sinceFirst: number;
  /** Figures between the first mark and the last one; null before the second. */
  readonly window: LoadFigures | null;
  /** The first failures, for people: `GET / 502`, `GET / ECONNRESET`. */
  readonly failures: readonly { readonly atMs: number; readonly what: string }[];
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
  readonly histogram: Histogram;
  readonly startedAt: number;
  readonly failures: { atMs: number; what: string }[];
  sent: number;
  open: number;
  failed: number;
  /** Set when no more is offered. */
  endedAt: number | null;
  opened: Opening | null;
  window: LoadFigures | null;
}

/** Where the run stood at the first mark. */
interface Opening {
  readonly at: number;
  readonly failed: number;
  readonly seen: HistogramMark;
}

/**
 * Connections at most: requests that find none wait, and their latency says so. A crowd of new connections would
 * hinder a machine that is short of time more than it would tell.
 */
const connections = 64;
const tickMs = 5;
const keptFailures = 20;

/**
 * Starts offering load at once. A latency counts from the moment a request was due, so that a service (or a machine)
 * that falls behind is seen; any status outside 200–299, a cut connection and a timeout are failures; nothing is retried.
 */
export function startLoad(plan: LoadPlan, time: LoadTime = realTime): Load {
  const run: Run = {
    plan,
    time,
    agent: new Agent({ keepAlive: true, maxSockets: connections, keepAliveMsecs: 30_000 }),
    histogram: createHistogram(),
    startedAt: time.now(),
    failures: [],
    sent: 0,
    open: 0,
    failed: 0,
    endedAt: null,
    opened: null,
    window: null,
  };
  let drained: (() => void) | null = null;
  const finished = (): void => {
    if (run.open === 0) drained?.();
  };
  const end = time.every(tickMs, () => offer(run, finished));
  return {
    report: () => reportOf(run),
    mark: () => mark(run),
    stop: async () => {
      end();
      run.endedAt = run.time.now();
      await new Promise<void>((resolve) => {
        drained = resolve;
        finished();
      });
      run.agent.destroy();
      return reportOf(run);
    },
  };
}

function offer(run: Run, finished: () => void): void {
  const due = Math.floor(((run.time.now() - run.startedAt) * run.plan.rate) / 1_000);
  while (run.sent < due) {
    const dueAt = run.startedAt + (run.sent * 1_000) / run.plan.rate;
    const next = run.plan.requests[run.sent % run.plan.requests.length];
    run.sent += 1;
    if (next === undefined) continue;
    run.open += 1;
    ask(next, { ...run.plan, agent: run.agent }, (failure) =>
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
  run.histogram.add(run.time.now() - answer.dueAt);
  if (answer.failure !== null) {
    run.failed += 1;
    const atMs = Math.round(run.time.now() - run.startedAt);
    const what = `${answer.next.method} ${answer.next.path} ${answer.failure}`;
    if (run.failures.length < keptFailures) run.failures.push({ atMs, what });
  }
  finished();
}

function mark(run: Run): void {
  const at = run.time.now();
  const { opened, histogram } = run;
  if (opened === null) run.opened = { at, failed: run.failed, seen: histogram.mark() };
  else run.window = figures(histogram.since(opened.seen), run.failed - opened.failed, at - opened.at);
}

function reportOf(run: Run): LoadReport {
  const until = run.endedAt ?? run.time.now();
  return {
    ...figures(run.histogram, run.failed, until - run.startedAt),
    rate: run.plan.rate,
    sinceFirst: run.opened === null ? 0 : run.histogram.since(run.opened.seen).count(),
    window: run.window,
    failures: [...run.failures],
  };
}

function figures(
  seen: Pick<Histogram, 'percentile' | 'count'>,
  failed: number,
  milliseconds: number,
): LoadFigures {
  return {
    requests: seen.count(),
    failed,
    p50ms: seen.percentile(0.5),
    p99ms: seen.percentile(0.99),
    elapsedMs: Math.round(milliseconds),
  };
}
