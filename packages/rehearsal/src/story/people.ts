// What people do on GitHub besides pushing: over its REST interface, with a token of their own.
import type { Http } from '@headgate/kit/http';
import type { GitHubHost } from '../model.js';
import { grantPerson } from './desk.js';
import { StoryError } from './story-error.js';

export interface People {
  /** Returns the pull request's number. */
  openPullRequest(by: string, pull: { head: string; base: string; title: string }): Promise<number>;
  /** Merges the open pull request of a branch with a merge commit. Returns that commit. */
  merge(by: string, head: string): Promise<string>;
  /** The newest status of the newest deployment to an environment; null when there is none. */
  deployment(environment: string): Promise<{ readonly state: string; readonly description: string } | null>;
}

interface Reading {
  readonly host: GitHubHost;
  readonly repository: string;
  readonly http: Http;
}

export function createPeople(reading: Reading): People {
  const base = `/repos/${reading.repository}`;
  return {
    openPullRequest: async (by, pull) => {
      const created = await ask<{ number: number }>(reading, {
        by,
        method: 'POST',
        path: `${base}/pulls`,
        body: pull,
      });
      return created.number;
    },
    merge: async (by, head) => {
      const owner = reading.repository.split('/', 1)[0] ?? '';
      const query = `state=open&head=${encodeURIComponent(`${owner}:${head}`)}`;
      const [open] = await ask<readonly { number: number }[]>(reading, {
        by,
        path: `${base}/pulls?${query}`,
      });
      if (open === undefined)
        throw refused(`there is no open pull request from ${head}`, 'Open one in an earlier step.');
      const body = { merge_method: 'merge' };
      const path = `${base}/pulls/${open.number}/merge`;
      return (await ask<{ sha: string }>(reading, { by, method: 'PUT', path, body })).sha;
    },
    deployment: async (environment) => {
      const path = `${base}/deployments?environment=${encodeURIComponent(environment)}`;
      const [newest] = await ask<readonly { id: number }[]>(reading, { by: 'story', path });
      if (newest === undefined) return null;
      const statuses = await ask<readonly { state: string; description?: string | null }[]>(reading, {
        by: 'story',
        path: `${base}/deployments/${newest.id}/statuses`,
      });
      const [status] = statuses;
      return status === undefined ? null : { state: status.state, description: status.description ?? '' };
    },
  };
}

interface Question {
  readonly by: string;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
}

async function ask<T>({ host, repository, http }: Reading, question: Question): Promise<T> {
  const { by, method = 'GET', path, body } = question;
  const token = grantPerson(host, repository, by);
  try {
    const response = await http({
      url: `${host.apiUrl}${path}`,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (response.status >= 200 && response.status < 300) return answer as T;
    throw refused(
      `${method} ${path} as ${by} was answered ${response.status}: ${JSON.stringify(answer)}`,
      'The message is GitHub’s own.',
    );
  } finally {
    host.revokeToken(token);
  }
}

function refused(message: string, hint: string): StoryError {
  return new StoryError({ code: 'github-refused', message, hint });
}
