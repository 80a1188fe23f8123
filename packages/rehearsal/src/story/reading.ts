// What people read on GitHub: deployments, pull requests, releases, and what the workflow wrote.
import type { Person } from '../github/social.js';
import { readList } from './github-list.js';
import { commentsOf, repliesOf } from './requests.js';

export interface Release {
  readonly tag: string;
  readonly draft: boolean;
  readonly assets: readonly string[];
}

export interface PullRequestText {
  readonly number: number;
  readonly open: boolean;
  readonly branch: string;
  readonly into: string;
  readonly by: string;
  readonly title: string;
  readonly text: string;
}

export interface ShownDeployment {
  readonly state: string;
  readonly description: string;
  /** Where people look at the environment; '' when nobody said. */
  readonly url: string;
}

interface ListedStatus {
  readonly state: string;
  readonly description?: string | null;
  readonly environment_url?: string | null;
}

export interface IssueText {
  readonly open: boolean;
  readonly title: string;
  readonly text: string;
}

export interface Reading {
  /** Issues by the workflow's bot, open and closed, newest first. */
  workflowIssues(): Promise<readonly IssueText[]>;
  /** The newest status of the newest deployment to an environment; null when there is none. */
  deployment(environment: string): Promise<ShownDeployment | null>;
  /** How often it was deployed to. */
  deployments(environment: string): Promise<number>;
  /** Open and closed ones, newest first. */
  pullRequests(): Promise<readonly PullRequestText[]>;
  /** What the workflow's bot wrote on a pull request, oldest first. */
  workflowComments(number: number): Promise<readonly string[]>;
  /** What the workflow's bot wrote below the newest request for approval. */
  replies(): Promise<readonly string[]>;
  /** Drafts too. */
  releases(): Promise<readonly Release[]>;
}

interface ListedPullRequest {
  readonly number: number;
  readonly state: string;
  readonly title: string;
  readonly body: string | null;
  readonly head: { readonly ref: string };
  readonly base: { readonly ref: string };
  readonly user: { readonly login: string } | null;
}

interface ListedIssue {
  readonly state: string;
  readonly title: string;
  readonly body?: string | null;
  readonly user: { readonly type?: string } | null;
  readonly pull_request?: unknown;
}

interface ListedRelease {
  readonly tag_name: string;
  readonly draft: boolean;
  readonly assets: readonly { readonly name: string }[];
}

/** Reads what everybody in the repository can read. */
export function createReading(reader: Person, repository: string): Reading {
  return {
    deployment: (environment) => newestDeployment(reader, repository, environment),
    deployments: async (environment) => (await deploymentsOf(reader, repository, environment)).length,
    pullRequests: async () => {
      const found = await readList<ListedPullRequest>(reader, `/repos/${repository}/pulls?state=all`);
      return found.map(({ number, state, title, body, head, base, user }) => ({
        number,
        open: state === 'open',
        branch: head.ref,
        into: base.ref,
        by: user?.login ?? '',
        title,
        text: body ?? '',
      }));
    },
    workflowIssues: async () => {
      const found = await readList<ListedIssue>(reader, `/repos/${repository}/issues?state=all`);
      return found
        .filter((issue) => issue.pull_request === undefined && issue.user?.type === 'Bot')
        .map(({ state, title, body }) => ({ open: state === 'open', title, text: body ?? '' }));
    },
    workflowComments: (number) => commentsOf(reader, repository, number),
    replies: () => repliesOf(reader, repository),
    releases: async () => {
      const found = await readList<ListedRelease>(reader, `/repos/${repository}/releases`);
      return found.map(({ tag_name: tag, draft, assets }) => ({
        tag,
        draft,
        assets: assets.map(({ name }) => name),
      }));
    },
  };
}

function deploymentsOf(
  reader: Person,
  repository: string,
  environment: string,
): Promise<readonly { readonly id: number }[]> {
  const query = `environment=${encodeURIComponent(environment)}`;
  return readList(reader, `/repos/${repository}/deployments?${query}`);
}

async function newestDeployment(
  reader: Person,
  repository: string,
  environment: string,
): ReturnType<Reading['deployment']> {
  const [newest] = await deploymentsOf(reader, repository, environment);
  if (newest === undefined) return null;
  const statuses = `/repos/${repository}/deployments/${newest.id}/statuses`;
  const [status] = await readList<ListedStatus>(reader, statuses);
  if (status === undefined) return null;
  const { state, description, environment_url: url } = status;
  return { state, description: description ?? '', url: url ?? '' };
}
