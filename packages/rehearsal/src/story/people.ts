// What people do on GitHub besides pushing: over its REST interface, each with a token of their own.
import type { Person, Social } from '../github/social.js';
import { StoryError } from './story-error.js';

export interface People {
  /** Returns the pull request's number. */
  openPullRequest(by: string, pull: { head: string; base: string; title: string }): Promise<number>;
  /** Merges the open pull request of a branch with a merge commit. Returns that commit. */
  merge(by: string, head: string): Promise<string>;
  /** The newest status of the newest deployment to an environment; null when there is none. */
  deployment(environment: string): Promise<{ readonly state: string; readonly description: string } | null>;
}

/** Everybody in a story is a collaborator who may write. */
export function createPeople(host: Pick<Social, 'person'>, repository: string): People {
  const person = (login: string): Person => host.person(login, { role: 'write' });
  const base = `/repos/${repository}`;
  return {
    openPullRequest: async (by, pull) => (await person(by).openPullRequest({ repository, ...pull })).number,
    merge: async (by, head) => {
      const owner = repository.split('/', 1)[0] ?? '';
      const query = `state=open&head=${encodeURIComponent(`${owner}:${head}`)}`;
      const [open] = await list<{ number: number }>(person(by), `${base}/pulls?${query}`);
      if (open === undefined) {
        const message = `there is no open pull request from ${head}`;
        throw new StoryError({ code: 'github-refused', message, hint: 'Open one in an earlier step.' });
      }
      return (await person(by).merge({ repository, number: open.number })).sha;
    },
    deployment: async (environment) => {
      const reader = person('story');
      const path = `${base}/deployments?environment=${encodeURIComponent(environment)}`;
      const [newest] = await list<{ id: number }>(reader, path);
      if (newest === undefined) return null;
      const statuses = `${base}/deployments/${newest.id}/statuses`;
      const [status] = await list<{ state: string; description?: string | null }>(reader, statuses);
      return status === undefined ? null : { state: status.state, description: status.description ?? '' };
    },
  };
}

async function list<T>(reader: Person, path: string): Promise<readonly T[]> {
  const answer = await reader.request('GET', path);
  if (answer.status === 200 && Array.isArray(answer.data)) return answer.data as readonly T[];
  throw new StoryError({
    code: 'github-refused',
    message: `GET ${path} as ${reader.login} was answered ${answer.status}: ${JSON.stringify(answer.data)}`,
    hint: 'The message is GitHub’s own.',
  });
}
