// Where approval is asked for and who took part: the merged pull request of the commit, or an issue.
import type { Context } from '@headgate/kit/context';
import type { GitHub } from '@headgate/kit/github';
import { escapeMarkdown } from '@headgate/kit/summary';
import { key, type Policy, type Role } from './policy.js';

export interface Surface {
  readonly kind: 'pull-request' | 'issue';
  readonly number: number;
}

interface PullRequest {
  readonly number: number;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly user: Account | null;
  readonly merged_by?: Account | null;
  readonly base: { readonly sha: string };
  readonly head: { readonly sha: string };
}
interface Account {
  readonly login?: string;
}
interface Commit {
  readonly author: Account | null;
  readonly committer: Account | null;
}

/** The pull request whose merge made this commit; null when there is none. */
export async function mergedPullRequest(github: GitHub, sha: string): Promise<PullRequest | null> {
  const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls';
  const pulls = await github.paginate<PullRequest>(route, { commit_sha: sha });
  const merged = pulls.filter((pull) => pull.merged_at !== null && pull.merge_commit_sha === sha);
  return [...merged].sort((a, b) => a.number - b.number)[0] ?? null;
}

/** The open issue in which we ask for an environment; null when there is none yet. */
async function findIssue(github: GitHub, environment: string, bot: string): Promise<number | null> {
  const route = 'GET /repos/{owner}/{repo}/issues';
  const issues = await github.paginate<{
    readonly number: number;
    readonly body?: string | null;
    readonly user: Account | null;
    readonly pull_request?: unknown;
  }>(route, { state: 'open', creator: bot });
  const found = issues.filter(
    (issue) =>
      issue.pull_request === undefined &&
      key(issue.user?.login ?? '') === key(bot) &&
      issue.body?.startsWith(issueMarker(environment)) === true,
  );
  return found.map(({ number }) => number).sort((a, b) => a - b)[0] ?? null;
}

const issueMarker = (environment: string): string =>
  `<!-- headgate-approvals ${encodeURIComponent(environment)} -->`;

export interface SurfaceQuery {
  readonly pull: PullRequest | null;
  readonly environment: string;
  readonly bot: string;
}

/** Where requests for this commit and environment are; null when an issue would have to be opened first. */
export async function findSurface(github: GitHub, query: SurfaceQuery): Promise<Surface | null> {
  if (query.pull !== null) return { kind: 'pull-request', number: query.pull.number };
  const number = await findIssue(github, query.environment, query.bot);
  return number === null ? null : { kind: 'issue', number };
}

/** Opens the issue for an environment: one for all its requests. */
export async function openIssue(github: GitHub, environment: string): Promise<Surface> {
  const { data } = await github.request<{ readonly number: number }>('POST /repos/{owner}/{repo}/issues', {
    title: `Approvals for ${environment}`,
    body: `${issueMarker(environment)}\nApproval for ${escapeMarkdown(environment)} is asked for in the comments below, where no pull request belongs to the commit.\n`,
  });
  return { kind: 'issue', number: data.number };
}

export interface Involved {
  /** Login in lower case → why this person may not approve. */
  readonly excluded: ReadonlyMap<string, string>;
  /** What people should know, one Markdown sentence each. */
  readonly notices: readonly string[];
}

export interface Part {
  readonly context: Context;
  readonly commit: string;
  readonly policy: Policy;
  readonly pull: PullRequest | null;
  /** Who started the attempt in which the request was made: whoever re-runs it later has no part in it. */
  readonly triggeringActor: string;
}

/** Everybody the policy excludes, with the reason. @throws {ActionError} as the GitHub port does. */
export async function findInvolved(github: GitHub, part: Part): Promise<Involved> {
  const { context, policy, pull } = part;
  const excluded = new Map<string, string>();
  const exclude = (login: string | undefined, why: string): void => {
    const name = key(login ?? '');
    if (name !== '') excluded.set(name, excluded.get(name) ?? why);
  };
  const asked = (role: Role): boolean => policy.exclude.includes(role);
  if (asked('actor')) exclude(context.actor, 'started this run');
  if (asked('triggering-actor')) exclude(part.triggeringActor, 'started this attempt of the run');
  if (pull !== null && asked('pull-request-author')) exclude(pull.user?.login, 'opened the pull request');
  if (pull !== null && asked('merger')) exclude(await mergerOf(github, pull), 'merged the pull request');
  if (!policy.excludeAuthors) return { excluded, notices: [] };
  const commits = await commitsOf(github, pull, part.commit);
  for (const { author, committer } of commits) {
    exclude(author?.login, 'wrote a commit');
    exclude(committer?.login, 'committed a commit');
  }
  const unknown = commits.filter(({ author }) => (author?.login ?? '') === '').length;
  const notice = `${unknown} of ${commits.length} commits have an author whom GitHub does not know: nobody could be excluded for them.`;
  return { excluded, notices: unknown === 0 ? [] : [notice] };
}

async function mergerOf(github: GitHub, { number }: PullRequest): Promise<string | undefined> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  const { data } = await github.request<PullRequest>(route, { pull_number: number });
  return data.merged_by?.login;
}

/** A comparison lists all commits of a pull request; its own list ends at 250. */
async function commitsOf(github: GitHub, pull: PullRequest | null, sha: string): Promise<readonly Commit[]> {
  if (pull === null) {
    const { data } = await github.request<Commit>('GET /repos/{owner}/{repo}/commits/{ref}', { ref: sha });
    return [data];
  }
  const basehead = `${pull.base.sha}...${pull.head.sha}`;
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  return await github.paginate<Commit>(route, { basehead }, 'commits');
}
