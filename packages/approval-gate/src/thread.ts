// The comments of an issue or pull request: read again and again at little cost, and added to.
import type { GitHub } from '@headgate/kit/github';
import { statusOf } from '@headgate/kit/octokit-errors';
import { failure } from './failures.js';

export interface Comment {
  readonly id: number;
  readonly author: string;
  /** GitHub's word for an account that is no person. */
  readonly bot: boolean;
  readonly body: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly createdAt: number;
  readonly edited: boolean;
  readonly url: string;
}

export interface Reading {
  /** In the order in which they were written. */
  readonly comments: readonly Comment[];
  /** Requests that count against the hourly allowance; an answer 304 does not. */
  readonly charged: number;
  /** Whether anything differs from the reading before. */
  readonly changed: boolean;
}

export interface Thread {
  /** `afresh` asks for everything again, whatever is known. @throws {ActionError} as the GitHub port does. */
  read(options?: { readonly afresh?: boolean }): Promise<Reading>;
  post(body: string): Promise<Comment>;
}

/** As GitHub's REST has it; only what is read here. */
interface RawComment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly login?: string; readonly type?: string } | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly html_url: string;
}

interface Page {
  readonly etag: string;
  readonly comments: readonly Comment[];
  readonly more: boolean;
}

const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
const pageSize = 100;
/** 10,000 comments: more than people write, and a bound for a server that always links on. */
const maxPages = 100;

/** What was not read could be an objection. */
function tooMany(issue: number): Error {
  return failure('gate-unreachable', {
    message: `at most ${maxPages * pageSize} comments were expected in thread ${issue}, there are more`,
    hint: 'Delete comments that are no part of the approval, then re-run all jobs.',
  });
}

/** `since`: only comments that were written or changed from then on (milliseconds); null for all. */
export function openThread(github: GitHub, issue: number, since: number | null = null): Thread {
  const pages: Page[] = [];
  const from = since === null ? {} : { since: new Date(since).toISOString() };
  const ask = async (index: number, afresh: boolean): Promise<{ page: Page; charged: boolean }> => {
    const known = afresh ? undefined : pages[index];
    const headers =
      known === undefined || known.etag === '' ? {} : { headers: { 'if-none-match': known.etag } };
    const parameters = { issue_number: issue, per_page: pageSize, page: index + 1, ...from, ...headers };
    try {
      const answer = await github.request<readonly RawComment[]>(route, parameters);
      const more = String(answer.headers['link'] ?? '').includes('rel="next"');
      const etag = String(answer.headers['etag'] ?? '');
      return { page: { etag, more, comments: answer.data.map(readComment) }, charged: true };
    } catch (error) {
      if (known === undefined || statusOf(error) !== 304) throw error;
      return { page: known, charged: false };
    }
  };
  return {
    async read({ afresh = false } = {}) {
      const before = JSON.stringify(pages.map(({ comments }) => comments));
      const found: Page[] = [];
      let charged = 0;
      while (found.at(-1)?.more !== false) {
        if (found.length === maxPages) throw tooMany(issue);
        const answer = await ask(found.length, afresh);
        found.push(answer.page);
        charged += answer.charged ? 1 : 0;
      }
      pages.splice(0, pages.length, ...found);
      const changed = JSON.stringify(found.map(({ comments }) => comments)) !== before;
      return { comments: inOrder(found), charged, changed };
    },
    post: (body) => postComment(github, issue, body),
  };
}

/** @throws {ActionError} as the GitHub port does; a comment is never sent twice. */
export async function postComment(github: GitHub, issue: number, body: string): Promise<Comment> {
  const create = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const { data } = await github.request<RawComment>(create, { issue_number: issue, body });
  return readComment(data);
}

/** Pages may shift while they are read: each comment counts once. */
function inOrder(pages: readonly Page[]): readonly Comment[] {
  const byId = new Map(pages.flatMap(({ comments }) => comments).map((comment) => [comment.id, comment]));
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

function readComment(raw: RawComment): Comment {
  const author = raw.user?.login ?? '';
  return {
    id: raw.id,
    author,
    // A person's login has no brackets; a deleted account has no user at all.
    bot: raw.user?.type !== 'User' || author.endsWith(']'),
    body: raw.body ?? '',
    createdAt: Date.parse(raw.created_at),
    edited: raw.created_at !== raw.updated_at,
    url: raw.html_url,
  };
}
