// The load of one story: begun in one step, going on through the next ones, judged when it is stopped.
import { parseDuration } from '@headgate/kit/quantities';
import type { LoadGenerator } from '../parts/load-generator.js';
import type { LoadFigures, LoadReport } from '../parts/load-tally.js';
import type { TrafficReport } from '../parts/traffic-tally.js';
import type { TrafficWatch } from '../parts/traffic-watch.js';
import { StoryError } from './story-error.js';
import type { KeepLoad, StartLoad, StopLoad } from './story-schema.js';
import type { StoryWorld } from './world.js';

export interface LoadSession {
  start(action: StartLoad, withinMs: number): void;
  /** Waits until enough was asked since the first swap; else says how much was. */
  keep(action: KeepLoad, withinMs: number): Promise<string | null>;
  /** Null when the load was as expected; else what was not. */
  stop(action: StopLoad): Promise<string | null>;
  /** The final report, or the newest one. */
  report(): LoadReport | null;
  /** Who answered it, so far. */
  traffic(): TrafficReport | null;
  /** Ends the generator without asking it. */
  kill(): void;
}

const askEveryMs = 100;

interface Going {
  readonly generator: LoadGenerator;
  readonly watch: TrafficWatch;
}

export function createLoadSession(
  world: Pick<StoryWorld, 'urlsOf' | 'startLoad' | 'watchTraffic' | 'clock' | 'signal'>,
): LoadSession {
  let going: Going | null = null;
  let final: LoadReport | null = null;
  let watched: TrafficWatch | null = null;
  return {
    start: (action, withinMs) => {
      const requests = action.requests.map(({ body, ...request }) =>
        body === undefined ? request : { ...request, body },
      );
      const timeoutMs = parseDuration(action.timeout) ?? 10_000;
      const targets = world.urlsOf(action.environment, action.host ?? null);
      const plan = { targets, rate: action.rate, requests, timeoutMs };
      const generator = world.startLoad(plan, withinMs);
      watched = world.watchTraffic(action.environment, () => generator.mark());
      going = { generator, watch: watched };
    },
    keep: async (action, withinMs) => {
      if (going === null) throw misplaced();
      const { generator } = going;
      const deadline = world.clock.now() + withinMs;
      const asked = (): number => generator.report()?.sinceFirst ?? 0;
      while (asked() < action['at-least']) {
        if (world.clock.now() >= deadline) {
          return `${action['at-least']} requests since the first swap were expected in time, ${asked()} were made`;
        }
        await world.clock.sleep(askEveryMs, world.signal);
      }
      return null;
    },
    stop: async (action) => {
      if (going === null) throw misplaced();
      await going.watch.stop();
      final = await going.generator.stop();
      going = null;
      return judgeLoad(final, action);
    },
    report: () => final ?? going?.generator.report() ?? null,
    traffic: () => watched?.traffic() ?? null,
    kill: () => {
      going?.watch.stop().catch(() => undefined);
      going?.generator.kill();
    },
  };
}

function misplaced(): StoryError {
  return new StoryError({
    code: 'load-misplaced',
    message: 'no load is going on',
    hint: 'Put a start-load step before this one.',
  });
}

/** The figures that count: between the first and the last instance that left, or all when none did. */
export function figuresOf(report: LoadReport): LoadFigures {
  return report.window ?? report;
}

/** Whether the load was offered in full, soon enough, and answered as expected. */
export function judgeLoad(report: LoadReport, action: StopLoad): string | null {
  const figures = figuresOf(report);
  const where = report.window === null ? '' : ' between the first swap and the last drained instance';
  const problems = [
    judgeFailures(report, action.failed),
    judgeSpeed(figures, action.p99),
    judgeOffer(report),
  ];
  const least = action['at-least'];
  if (figures.requests < least) {
    problems.push(`at least ${least} requests were expected${where}, ${figures.requests} were made`);
  }
  const found = problems.filter((problem) => problem !== null);
  return found.length === 0 ? null : found.join('; ');
}

/** Every request of the load counts, before the first swap too. */
function judgeFailures(report: LoadReport, allowed: number): string | null {
  if (report.failed <= allowed) return null;
  const first = report.failures
    .slice(0, 5)
    .map((failure) => `${failure.what} after ${(failure.atMs / 1_000).toFixed(1)} s`);
  return `at most ${allowed} failed requests were expected, ${report.failed} of ${report.requests} failed: ${first.join('; ')}`;
}

function judgeSpeed(figures: LoadFigures, limit: string | undefined): string | null {
  const limitMs = limit === undefined ? null : parseDuration(limit);
  if (limitMs === null || figures.p99ms <= limitMs) return null;
  return `99 of 100 requests were expected to be answered within ${limit}, it took ${(figures.p99ms / 1_000).toFixed(1)} s`;
}

/** The generator catches up after a pause of the machine, so only a machine that is too small falls short. */
function judgeOffer({ requests, elapsedMs, rate }: LoadReport): string | null {
  const seconds = elapsedMs / 1_000;
  if (requests >= seconds * rate * 0.9) return null;
  return `${rate} requests a second were to be offered, ${Math.round(requests / seconds)} were`;
}
