// The load generator as the story sees it: a child process, so that builds and the engine never slow the offer down.
import { type ChildProcess, fork } from 'node:child_process';
import type { LoadPlan } from './load.js';
import type { LoadNews, LoadOrder } from './load-child.js';
import type { LoadReport } from './load-tally.js';
import { PartError } from './part-error.js';
import { prefer } from './server-process.js';

export interface LoadGenerator {
  /** The newest report; null until the service answered for the first time. */
  report(): LoadReport | null;
  /** Resolves when the service answered and the offer began. @throws {PartError} `part-not-ready` */
  started(): Promise<void>;
  /** Opens the window of the figures, then moves its end; nothing before the offer began. */
  mark(): void;
  /** Ends the offer. @throws {PartError} when it never began. */
  stop(): Promise<LoadReport>;
  /** Ends the child without a report. */
  kill(): void;
}

export interface LoadOptions {
  /** The module to run and its arguments, which end in `serveLoad`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly plan: LoadPlan;
  /** Milliseconds until the service must have answered once. */
  readonly firstAnswerMs: number;
}

/** Starts the child; it asks until the service answers, then offers load. */
export function startLoadGenerator(options: LoadOptions): LoadGenerator {
  const child = fork(options.script, [...options.args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  prefer(child.pid);
  const state = watch(child);
  order(child, { start: { ...options.plan, firstAnswerMs: options.firstAnswerMs } });
  return {
    report: () => state.report,
    started: () => state.started,
    mark: () => order(child, { mark: true }),
    stop: async () => {
      order(child, { stop: true });
      return state.final;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

interface Watched {
  report: LoadReport | null;
  readonly started: Promise<void>;
  readonly final: Promise<LoadReport>;
}

function watch(child: ChildProcess): Watched {
  const started = promiseWithResolvers<void>();
  const final = promiseWithResolvers<LoadReport>();
  const state: Watched = { report: null, started: started.promise, final: final.promise };
  const fail = (what: string): void => {
    const error = notReady(what);
    started.reject(error);
    final.reject(error);
  };
  // Whoever asks gets the rejection; nobody asking is no crash.
  started.promise.catch(() => undefined);
  final.promise.catch(() => undefined);
  child.on('message', (news: LoadNews) => {
    if ('started' in news) started.resolve();
    else if ('failure' in news) fail(news.failure);
    else {
      state.report = news.report;
      if (news.final) final.resolve(news.report);
    }
  });
  child.once('error', (error) => fail(error.message));
  child.once('exit', (code, signal) => fail(`its process ended (${signal ?? code})`));
  return state;
}

interface Resolvers<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: Error): void;
}

/** Promise.withResolvers of Node 22, for Node 20. */
function promiseWithResolvers<T>(): Resolvers<T> {
  let settle: Pick<Resolvers<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: (value) => settle?.resolve(value), reject: (reason) => settle?.reject(reason) };
}

function order(child: ChildProcess, message: LoadOrder): void {
  if (child.connected) child.send(message);
}

function notReady(what: string): PartError {
  return new PartError({
    code: 'part-not-ready',
    message: `the load generator could not do its work: ${what}`,
    hint: 'Put the load step where the service is about to answer, or raise its "within".',
  });
}
