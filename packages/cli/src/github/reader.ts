// Reading a repository's settings from GitHub: an answer, nothing there, or not to be seen with this token.
import { connectGitHub, type GitHub } from '@headgate/kit/github';
import type { Http } from '@headgate/kit/http';
import { statusOf } from '@headgate/kit/octokit-errors';
import { CommandError } from '../command-error.js';
import type { GitHubPlace } from './place.js';

export type Answer<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'absent' }
  /** `needs`: the permission, as GitHub names it, or a guess in words. */
  | { readonly kind: 'unseen'; readonly needs: string };

export interface Reader {
  /** `owner/name` */
  readonly repository: string;
  /** The repository's page for people. */
  readonly page: string;
  /** `route` as in GitHub's reference. */
  read<T>(route: string, parameters?: Readonly<Record<string, unknown>>): Promise<Answer<T>>;
  /** All pages; `key` names the list inside the answer. */
  list<T>(
    route: string,
    parameters?: Readonly<Record<string, unknown>>,
    key?: string,
  ): Promise<Answer<readonly T[]>>;
}

export interface ReaderOptions {
  readonly place: GitHubPlace;
  readonly token: string;
  readonly http: Http;
  readonly signal: AbortSignal;
}

const deadlineMs = 30_000;

export async function openReader({ place, token, http, signal }: ReaderOptions): Promise<Reader> {
  const { owner, name, apiUrl, serverUrl } = place;
  const repository = { owner, name, fullName: `${owner}/${name}` };
  const github: GitHub = await connectGitHub(token, {
    apiUrl,
    repository,
    http,
    signal,
    deadlineMs,
    retries: 1,
  });
  const answer = async <T>(ask: () => Promise<T>): Promise<Answer<T>> => {
    try {
      return { kind: 'seen', value: await ask() };
    } catch (error) {
      return refused(error);
    }
  };
  return {
    repository: repository.fullName,
    page: `${serverUrl}/${repository.fullName}`,
    read: <T>(route: string, parameters?: Readonly<Record<string, unknown>>) =>
      answer(async () => (await github.request<T>(route, parameters)).data),
    list: <T>(route: string, parameters?: Readonly<Record<string, unknown>>, key?: string) =>
      answer(() => github.paginate<T>(route, parameters, key)),
  };
}

/** @throws what is neither a missing permission nor a missing thing */
function refused(
  error: unknown,
): { readonly kind: 'absent' } | { readonly kind: 'unseen'; readonly needs: string } {
  const status = statusOf(error);
  if (status === 404) return { kind: 'absent' };
  if (status === 401) {
    throw new CommandError({
      code: 'github-refused',
      message:
        'GitHub takes the token for none of its own: it has ended, was revoked, or belongs to another server',
      hint: 'Set GITHUB_TOKEN to a valid token, and GITHUB_API_URL where it is not for github.com.',
    });
  }
  if (status !== 403) throw error;
  const hint = error instanceof Error && 'hint' in error ? String(error.hint) : '';
  const permissions = [...hint.matchAll(/`([a-z-]+: (?:read|write|admin))`/g)].map(([, name]) => name);
  return {
    kind: 'unseen',
    needs: permissions.length === 0 ? 'more rights in the repository' : permissions.join(' or '),
  };
}
