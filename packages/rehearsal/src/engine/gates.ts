// The gates before a job with an environment: people who must approve it, and the time it has to wait.
import type { Clock } from '@headgate/kit/clock';
import type { JobState, RunState } from '../model.js';
import type { EnvironmentSettings } from '../repository-settings.js';
import { firstOf } from './cancellation.js';
import { problem } from './problem.js';

const day = 24 * 3_600_000;
/** Days that an approval may take. Source: https://docs.github.com/actions/managing-workflow-runs/reviewing-deployments */
const reviewDays = 30;

/** What a reviewer says of all jobs of a run that wait for an environment. */
export interface Review {
  readonly environment: string;
  readonly login: string;
  readonly approved: boolean;
  readonly comment?: string;
}

export interface GateRequest {
  readonly run: RunState;
  readonly state: JobState;
  readonly settings: EnvironmentSettings | null;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  readonly changed: () => void;
}

export interface Gates {
  /** Waits; throws `startup-failure` when somebody says no or nobody says anything in time. False: cancelled meanwhile. */
  pass(request: GateRequest): Promise<boolean>;
  /** Throws `event-invalid` when nothing waits for it, or for a person who may not. */
  review(run: RunState, review: Review): void;
}

interface Waiting {
  readonly request: GateRequest;
  decide(review: Review): void;
}

/** Source: https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments#deployment-protection-rules */
export function createGates(clock: Clock): Gates {
  const waiting = new Set<Waiting>();
  return {
    async pass(request) {
      const { settings, signal, state } = request;
      const minutes = settings?.waitMinutes ?? 0;
      const reviewed = settings?.reviewers !== undefined && settings.reviewers.length > 0;
      if (minutes === 0 && !reviewed) return true;
      state.status = 'waiting';
      request.changed();
      const refused = new AbortController();
      try {
        const timer = clock.sleep(minutes * 60_000, firstOf(signal, refused.signal));
        const [, review] = await Promise.all([timer, reviewed ? reviewOf(request, waiting, clock) : null]);
        if (review?.approved === false) throw rejected(review);
      } catch (error) {
        refused.abort();
        if (signal.aborted) return false;
        throw error;
      }
      state.status = 'queued';
      request.changed();
      return true;
    },
    review(run, review) {
      const asked = [...waiting].filter(
        ({ request }) => request.run === run && request.state.environment === review.environment,
      );
      if (asked.length === 0) {
        throw problem(
          'event-invalid',
          `no job of run ${run.id} waits for ${review.environment}`,
          'Look at the run’s jobs: one that waits is `waiting`.',
        );
      }
      for (const each of asked) checkReviewer(each.request, review.login);
      for (const each of asked) each.decide(review);
    },
  };
}

function rejected({ environment, login, comment }: Review): Error {
  const words = comment === undefined ? '' : `: ${comment}`;
  return problem(
    'startup-failure',
    `${login} rejected the deployment to ${environment}${words}`,
    'Run the failed jobs again once it may go on.',
  );
}

async function reviewOf(request: GateRequest, waiting: Set<Waiting>, clock: Clock): Promise<Review> {
  const answer = Promise.withResolvers<Review>();
  const entry: Waiting = { request, decide: answer.resolve };
  const over = new AbortController();
  const stop = (): void => answer.reject(request.signal.reason);
  if (request.signal.aborted) stop();
  request.signal.addEventListener('abort', stop, { once: true });
  waiting.add(entry);
  expire(clock, over.signal).then(
    () => answer.reject(expired(request)),
    () => undefined,
  );
  try {
    return await answer.promise;
  } finally {
    over.abort();
    request.signal.removeEventListener('abort', stop);
    waiting.delete(entry);
  }
}

function expired({ state }: GateRequest): Error {
  return problem(
    'startup-failure',
    `nobody approved the deployment to ${state.environment} within ${reviewDays} days`,
    'Run the failed jobs again, and have them approved.',
  );
}

/** Day by day: a timer of a month would be over at once. */
async function expire(clock: Clock, signal: AbortSignal): Promise<void> {
  for (let passed = 0; passed < reviewDays; passed += 1) await clock.sleep(day, signal);
}

function checkReviewer({ settings, run }: GateRequest, login: string): void {
  const { reviewers = [], preventSelfReview = false } = settings ?? {};
  const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
  if (!reviewers.some((reviewer) => same(reviewer, login))) {
    throw problem(
      'event-invalid',
      `${login} is no required reviewer`,
      `Ask one of: ${reviewers.join(', ')}.`,
    );
  }
  if (preventSelfReview && same(run.triggeringActor ?? run.event.actor, login)) {
    throw problem(
      'event-invalid',
      `${login} started the deployment and may not approve it`,
      'Ask another reviewer.',
    );
  }
}
