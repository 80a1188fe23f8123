// What a release brings: the pull requests that were merged since the last one.
import type { Branches } from '@headgate/configuration/schema';
import type { Deps } from '@headgate/kit/deps';
import type { GitHub } from '@headgate/kit/github';
import { lastRelease, openHistory } from './known-history.js';

/** Titles and names are hostile text. */
export interface MergedChange {
  readonly number: number;
  readonly title: string;
  readonly author: string;
}

export interface Listed {
  readonly number: number;
  readonly title: string;
  readonly user: { readonly login: string } | null;
  readonly merged_at: string | null;
  readonly updated_at: string;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly ref: string };
  readonly base: { readonly ref: string };
}

export interface ChangeQuestion {
  readonly commit: string;
  readonly branches: Branches;
  /** For git. */
  readonly token: string;
}

/** Pages of 100; what was merged earlier than that is not listed. */
const mostPages = 10;

/**
 * Pull requests whose merge the commit reaches and the release before it does not, lowest number first. Those that only
 * carried branches of the flow into one another are left out. Needs `pull-requests: read`.
 */
export async function mergedChanges(
  github: GitHub,
  question: ChangeQuestion,
  deps: Deps,
): Promise<readonly MergedChange[]> {
  const { branches } = question;
  const commits = await newCommits(question, deps);
  return mergedAmong(github, { commits, counts: (pull) => !isTransport(pull, branches) });
}

export interface MergedSearch {
  readonly commits: ReadonlySet<string>;
  readonly counts: (pull: Listed) => boolean;
}

/** Pull requests whose merge is one of the commits, lowest number first. Needs `pull-requests: read`. */
export async function mergedAmong(
  github: GitHub,
  { commits, counts }: MergedSearch,
): Promise<readonly MergedChange[]> {
  const changes = new Map<number, MergedChange>();
  for (let page = 1; page <= mostPages; page += 1) {
    const pulls = await listClosed(github, page);
    for (const pull of pulls) {
      const merge = pull.merged_at === null ? null : pull.merge_commit_sha;
      if (merge === null || !commits.has(merge) || !counts(pull)) continue;
      changes.set(pull.number, {
        number: pull.number,
        title: pull.title,
        author: pull.user?.login ?? 'ghost',
      });
    }
    if (pulls.length < 100) break;
  }
  return [...changes.values()].sort((left, right) => left.number - right.number);
}

async function listClosed(github: GitHub, page: number): Promise<readonly Listed[]> {
  const { data } = await github.request<readonly Listed[]>('GET /repos/{owner}/{repo}/pulls', {
    state: 'closed',
    sort: 'updated',
    direction: 'desc',
    per_page: 100,
    page,
  });
  return data;
}

/** Commits of this release: what the release before it does not have. */
async function newCommits({ commit, token }: ChangeQuestion, deps: Deps): Promise<ReadonlySet<string>> {
  const history = await openHistory(deps, { token, branches: [] });
  // The tag of this very commit is none of those before it.
  const [before] = await history.parents(commit);
  const last = before === undefined ? null : await lastRelease(history, before);
  return new Set(await history.commits(commit, last === null ? [] : [last.commit]));
}

/** Releases on their way to production, and merges back. */
function isTransport({ head, base }: Listed, branches: Branches): boolean {
  const carries = [branches.release, branches.hotfix].some((prefix) => head.ref.startsWith(prefix));
  const back = head.ref === branches.production || head.ref.startsWith('back-merge/');
  return back || (carries && base.ref === branches.production);
}
