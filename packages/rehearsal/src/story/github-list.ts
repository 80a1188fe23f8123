// Lists over GitHub's REST interface, as a person reads them.
import type { Person } from '../github/social.js';
import { StoryError } from './story-error.js';

/** The first hundred of a list; stories have no more. @throws {StoryError} `github-refused` */
export async function readList<T>(reader: Person, path: string): Promise<readonly T[]> {
  const answer = await reader.request('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=100`);
  if (answer.status === 200 && Array.isArray(answer.data)) return answer.data as readonly T[];
  throw new StoryError({
    code: 'github-refused',
    message: `GET ${path} as ${reader.login} was answered ${answer.status}: ${JSON.stringify(answer.data)}`,
    hint: 'The message is GitHub’s own.',
  });
}
