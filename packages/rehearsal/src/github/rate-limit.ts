// The hourly allowance of requests: per repository for job tokens, per person otherwise.
import type { Clock } from '@headgate/kit/clock';
import type { Caller } from './callers.js';
import { HttpProblem } from './reply.js';

export interface Allowance {
  readonly limit: number;
  readonly used: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

export interface Limits {
  /** Throws when the allowance is used up. */
  refuse(caller: Caller, path: string): void;
  /** Adds one request if it is charged, and says how things stand. */
  count(caller: Caller, path: string, charged: boolean): Allowance;
}

const hour = 3_600_000;

/** Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const limitOf = (caller: Caller): number => (caller.login === '' ? 60 : caller.jobToken ? 1000 : 5000);

export function createLimits(clock: Clock): Limits {
  const windows = new Map<string, { start: number; used: number }>();
  const windowOf = (caller: Caller, path: string): { start: number; used: number } => {
    const repository = /^\/repos\/([^/]+\/[^/]+)/u.exec(path)?.[1] ?? '';
    const key = caller.jobToken ? `job ${repository}` : caller.login;
    const known = windows.get(key);
    if (known !== undefined && clock.now() < known.start + hour) return known;
    const fresh = { start: clock.now(), used: 0 };
    windows.set(key, fresh);
    return fresh;
  };
  const stand = (caller: Caller, window: { start: number; used: number }): Allowance => ({
    limit: limitOf(caller),
    used: window.used,
    reset: Math.ceil((window.start + hour) / 1000),
  });
  return {
    refuse: (caller, path) => {
      const allowance = stand(caller, windowOf(caller, path));
      if (path === '/rate_limit' || allowance.used < allowance.limit) return;
      throw new HttpProblem(403, 'API rate limit exceeded', {
        headers: { 'retry-after': String(allowance.reset - Math.floor(clock.now() / 1000)) },
      });
    },
    count: (caller, path, charged) => {
      const window = windowOf(caller, path);
      if (charged && window.used < limitOf(caller)) window.used += 1;
      return stand(caller, window);
    },
  };
}

export const rateHeaders = ({ limit, used, reset }: Allowance): Record<string, string> => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(Math.max(0, limit - used)),
  'x-ratelimit-used': String(used),
  'x-ratelimit-reset': String(reset),
  'x-ratelimit-resource': 'core',
});
