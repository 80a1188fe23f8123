// Octokit with throttling, retries and a total deadline, speaking through our own HTTP.
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { ActionError } from './errors.js';
import type { Client, GitHubOptions, GitHubResponse } from './github.js';
import { gitHubError } from './octokit-errors.js';
import { fetchOver } from './octokit-fetch.js';

const apiVersion = '2022-11-28';
/** Seconds of waiting asked by GitHub above which a call fails at once, saying when to come back. */
const longestWait = 60;

/** A client whose calls name owner and repo themselves. */
export function createClient(token: string, options: GitHubOptions): Client {
  const { deadlineMs = 120_000, retries = 4, repository } = options;
  const octokit = new (Octokit.plugin(retry, throttling))({
    auth: token,
    baseUrl: options.apiUrl,
    userAgent: 'headgate',
    request: { fetch: fetchOver(options.http), retries, redirect: 'manual' },
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    throttle: { onRateLimit: worthWaiting, onSecondaryRateLimit: worthWaiting },
  });
  octokit.hook.before('request', (request) => {
    request.headers['x-github-api-version'] = apiVersion;
  });
  return {
    async request(route, parameters) {
      const limit = AbortSignal.timeout(deadlineMs);
      const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
      // A POST that failed at the server may have been carried out: sent again, it would happen twice.
      const request = route.startsWith('POST ') ? { signal, retries: 0 } : { signal };
      // What a route does not take into its path, Octokit would send as a member of the body.
      const place = route.includes('{owner}') ? { owner: repository.owner, repo: repository.name } : {};
      const all = { ...place, ...parameters, request };
      try {
        return (await Promise.race([
          octokit.request(route, all),
          rejectOn(signal),
        ])) as GitHubResponse<unknown>;
      } catch (error) {
        if (options.signal?.aborted === true) throw options.signal.reason;
        throw limit.aborted ? timedOut(route, deadlineMs) : gitHubError(route, error);
      }
    },
  };
}

function worthWaiting(retryAfter: number, _options: object, _octokit: object, retryCount: number): boolean {
  return retryAfter <= longestWait && retryCount < 2;
}

/** The plugins wait on timers of their own; the race makes the deadline hold over those too. */
function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function timedOut(route: string, deadlineMs: number): ActionError {
  return new ActionError({
    code: 'github-timed-out',
    message: `${route} was expected to succeed within ${deadlineMs} ms, retries included`,
    hint: 'See https://www.githubstatus.com, then re-run the failed jobs.',
  });
}

function ignore(): void {
  // Octokit's own log lines name addresses; our errors say what people need.
}
