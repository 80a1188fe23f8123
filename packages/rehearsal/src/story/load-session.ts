// The load of one story: begun in one step, going on through the next ones, judged when it is stopped.
import { parseDuration } from '@headgate/kit/quantities';
import type { LoadReport } from '../parts/load.js';
import type { LoadGenerator } from '../parts/load-generator.js';
import { StoryError } from './story-error.js';
import type { StartLoad, StopLoad } from './story-schema.js';
import type { StoryWorld } from './world.js';

export interface LoadSession {
  start(action: StartLoad, withinMs: number): void;
  /** Null when the load was as expected; else what was not. */
  stop(action: StopLoad): Promise<string | null>;
  /** The final report, or the newest one. */
  report(): LoadReport | null;
  /** Ends the generator without asking it. */
  kill(): void;
}

interface Going {
  readonly generator: LoadGenerator;
  readonly rate: number;
}

export function createLoadSession(world: Pick<StoryWorld, 'urlOf' | 'startLoad'>): LoadSession {
  let going: Going | null = null;
  let final: LoadReport | null = null;
  return {
    start: (action, withinMs) => {
      const requests = action.requests.map(({ method, path, body }) =>
        body === undefined ? { method, path } : { method, path, body },
      );
      const timeoutMs = parseDuration(action.timeout) ?? 10_000;
      const plan = { target: world.urlOf(action.environment), rate: action.rate, requests, timeoutMs };
      going = { generator: world.startLoad(plan, withinMs), rate: action.rate };
    },
    stop: async (action) => {
      if (going === null) {
        throw new StoryError({
          code: 'load-misplaced',
          message: 'no load is going on',
          hint: 'Put a start-load step before this one.',
        });
      }
      const { generator, rate } = going;
      final = await generator.stop();
      going = null;
      return judgeLoad(final, action, rate);
    },
    report: () => final ?? going?.generator.report() ?? null,
    kill: () => going?.generator.kill(),
  };
}

/** Whether the load was offered in full and answered as expected. */
export function judgeLoad(report: LoadReport, action: StopLoad, rate: number): string | null {
  const problems: string[] = [];
  if (report.failed > action.failed) {
    const first = report.failures
      .slice(0, 5)
      .map((failure) => `${failure.what} after ${(failure.atMs / 1_000).toFixed(1)} s`);
    problems.push(
      `at most ${action.failed} failed requests were expected, ${report.failed} of ${report.requests} failed: ${first.join('; ')}`,
    );
  }
  if (report.requests < action['at-least']) {
    problems.push(`at least ${action['at-least']} requests were expected, ${report.requests} were made`);
  }
  // The generator catches up after a pause of the machine, so only a machine that is too small falls short.
  const offered = (report.elapsedMs / 1_000) * rate;
  if (report.requests < offered * 0.9) {
    problems.push(
      `${rate} requests a second were to be offered, ${Math.round(report.requests / (report.elapsedMs / 1_000))} were`,
    );
  }
  return problems.length === 0 ? null : problems.join('; ');
}
