// A thread of comments as GitHub keeps it, behind the port: entity tags, pages, bots and people, edits and deletions.

import { sha256Hex } from '@headgate/kit/digest';
import type { GitHub, GitHubResponse } from '@headgate/kit/github';
import { gitHubError } from '@headgate/kit/octokit-errors';
import type { FakeClock } from '@headgate/kit/testing/clock';

export interface StoredComment {
  readonly id: number;
  readonly thread: number;
  readonly login: string;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Forge extends GitHub {
  readonly comments: StoredComment[];
  /** Routes in the order they were asked, with the status answered. */
  readonly asked: { readonly route: string; readonly status: number }[];
  /** Charged requests so far: all but those answered 304. */
  charged(): number;
  say(login: string, body: string, thread?: number): StoredComment;
  edit(comment: StoredComment, body: string): void;
  remove(comment: StoredComment): void;
  /** What a route answers; wins over what is built in. */
  on(route: string, answer: (parameters: Parameters) => unknown): void;
  /** Called before each answer: a test may let people act, or throw `fail(status)`. */
  before: (route: string) => void;
  etags: boolean;
  /** The identity of the token. */
  self: string;
}

type Parameters = Readonly<Record<string, unknown>>;

export const pullNumber = 7;
export const bot = 'github-actions[bot]';

/** As Octokit reports an answer that is no success, in the words of the kit. */
export function fail(route: string, status: number, message = 'no'): Error {
  const error = Object.assign(new Error(message), { status, response: { headers: {} } });
  return gitHubError(route, error);
}

/** A repository whose commit `aaaa…` was merged by pull request 7: opened by `dana`, merged by `max`. */
export function openForge(clock: FakeClock): Forge {
  const comments: StoredComment[] = [];
  const asked: { route: string; status: number }[] = [];
  const answers = new Map<string, (parameters: Parameters) => unknown>();
  let last = 100;
  const store = (login: string, body: string, thread: number): StoredComment => {
    last += 1;
    const now = Math.floor(clock.now() / 1000) * 1000;
    const comment = { id: last, thread, login, body, createdAt: now, updatedAt: now };
    comments.push(comment);
    return comment;
  };
  const builtIn = builtInAnswers(comments, (body, thread) => store(forge.self, body, thread));
  const forge: Forge = {
    comments,
    asked,
    etags: true,
    self: bot,
    before: () => undefined,
    charged: () => asked.filter(({ status }) => status !== 304).length,
    say: (login, body, thread = pullNumber) => store(login, body, thread),
    edit(comment, body) {
      comment.body = body;
      comment.updatedAt = Math.max(comment.createdAt + 1000, Math.floor(clock.now() / 1000) * 1000);
    },
    remove: (comment) => void comments.splice(comments.indexOf(comment), 1),
    on: (route, answer) => void answers.set(route, answer),
    async request<T>(route: string, parameters: Parameters = {}): Promise<GitHubResponse<T>> {
      forge.before(route);
      const answer = answers.get(route) ?? builtIn.get(route);
      if (answer === undefined) throw fail(route, 404, 'Not Found');
      const data = answer(parameters);
      const list = Array.isArray(data) ? (data as readonly unknown[]) : null;
      const { per_page: size = 30, page = 1 } = parameters as { per_page?: number; page?: number };
      const shown = list === null ? data : list.slice((page - 1) * size, page * size);
      const etag = forge.etags ? `"${sha256Hex(JSON.stringify(shown))}"` : `"${asked.length}"`;
      const known = (parameters['headers'] as Parameters | undefined)?.['if-none-match'];
      asked.push({ route, status: known === etag ? 304 : 200 });
      if (known === etag) throw fail(route, 304, 'Not Modified');
      const link = list !== null && page * size < list.length ? { link: '<x>; rel="next"' } : {};
      return { status: 200, headers: { etag, ...link }, data: structuredClone(shown) as T };
    },
    async paginate<T>(route: string, parameters: Parameters = {}, key?: string) {
      const items: T[] = [];
      for (let page = 1; ; page += 1) {
        const answer = await forge.request<unknown>(route, { per_page: 100, ...parameters, page });
        const list = (key === undefined ? answer.data : (answer.data as Parameters)[key]) as readonly T[];
        items.push(...list);
        if (answer.headers['link'] === undefined) return items;
      }
    },
    downloadAsset: () => Promise.reject(new Error('no files here')),
    downloadArtifact: async () => {
      throw fail('artifact', 404);
    },
  };
  return forge;
}

function builtInAnswers(
  comments: StoredComment[],
  post: (body: string, thread: number) => StoredComment,
): ReadonlyMap<string, (parameters: Parameters) => unknown> {
  const pull = {
    number: pullNumber,
    merged_at: '2026-01-01T00:00:00Z',
    merge_commit_sha: 'a'.repeat(40),
    user: { login: 'dana' },
    merged_by: { login: 'max' },
    base: { sha: 'b'.repeat(40) },
    head: { sha: 'c'.repeat(40) },
  };
  return new Map<string, (parameters: Parameters) => unknown>([
    ['GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', () => [pull]],
    ['GET /repos/{owner}/{repo}/pulls/{pull_number}', () => pull],
    ['GET /repos/{owner}/{repo}/actions/runs', () => ({ workflow_runs: [] })],
    [
      'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      ({ issue_number: thread, since }) =>
        comments
          .filter((comment) => comment.thread === thread)
          .filter(({ updatedAt }) => updatedAt >= Date.parse(String(since ?? '1970-01-01T00:00:00Z')))
          .map(shown),
    ],
    [
      'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      ({ issue_number: thread, body }) => shown(post(String(body), Number(thread))),
    ],
    [
      'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
      ({ comment_id: id }) =>
        comments.splice(
          comments.findIndex((comment) => comment.id === id),
          1,
        ).length,
    ],
  ]);
}

/** A comment as GitHub's REST describes it. */
export function shown(comment: StoredComment | undefined): unknown {
  if (comment === undefined) throw new Error('there is no comment');
  const { id, thread, login, body, createdAt, updatedAt } = comment;
  const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
  return {
    id,
    body,
    user: { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' },
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    html_url: `https://github.com/acme/shop/pull/${thread}#issuecomment-${id}`,
  };
}
