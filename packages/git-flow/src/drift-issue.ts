// The one issue about drift: found by its marker, opened, brought up to date and closed.

import type { GitHub } from '@headgate/kit/github';
import { maxCommentLength } from '@headgate/kit/sticky-comment';

export interface DriftNews {
  /** Name of the application: a repository may hold several. */
  readonly application: string;
  /** Markdown. */
  readonly text: string;
  /** True when there is nothing to tell. */
  readonly clean: boolean;
}

interface Issue {
  readonly number: number;
  readonly html_url: string;
  readonly body?: string | null;
  readonly pull_request?: unknown;
  readonly user?: { readonly login?: string; readonly type?: string } | null;
}

/** Who a job token writes as. Source: https://docs.github.com/actions/concepts/security/github_token */
const self = 'github-actions[bot]';

function markerOf(application: string): string {
  return `<!-- headgate-drift ${application} -->`;
}

/**
 * Needs `issues: write`. Anybody may write the marker: only an issue by the job token's own identity is taken for ours.
 * @returns the open issue's address, or null
 */
export async function settleIssue(
  github: GitHub,
  { application, text, clean }: DriftNews,
): Promise<string | null> {
  const marker = markerOf(application);
  const body = `${marker}\n${text}`.slice(0, maxCommentLength);
  const [kept, ...others] = await ownIssues(github, marker);
  // Two runs at once may have opened one each.
  for (const { number } of others) await update(github, number, { state: 'closed' });
  if (clean) {
    if (kept !== undefined) await update(github, kept.number, { state: 'closed', body });
    return null;
  }
  if (kept === undefined) {
    const title = `${application}: production and development have drifted`;
    const route = 'POST /repos/{owner}/{repo}/issues';
    return (await github.request<Issue>(route, { title, body })).data.html_url;
  }
  if (kept.body !== body) await update(github, kept.number, { body });
  return kept.html_url;
}

/** Open ones, oldest first. */
async function ownIssues(github: GitHub, marker: string): Promise<readonly Issue[]> {
  const query = { state: 'open', creator: self, sort: 'created', direction: 'asc' };
  const issues = await github.paginate<Issue>('GET /repos/{owner}/{repo}/issues', query);
  return issues.filter(
    ({ user, body, pull_request: pull }) =>
      user?.type === 'Bot' &&
      user.login === self &&
      pull === undefined &&
      body?.startsWith(`${marker}\n`) === true,
  );
}

async function update(
  github: GitHub,
  number: number,
  change: Readonly<Record<string, string>>,
): Promise<void> {
  await github.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
    issue_number: number,
    ...change,
  });
}
