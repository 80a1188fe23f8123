// What a release brings: the pull requests that were merged since the last one.
import type { Branches } from '@headgate/configuration/schema';
import { parseVersionTag } from '@headgate/configuration/version';
import type { Deps } from '@headgate/kit/deps';
import { createGitCommand, gitFailure } from '@headgate/kit/git-command';
import type { GitHub } from '@headgate/kit/github';

/** Titles and names are hostile text. */
export interface MergedChange {
  readonly number: number;
  readonly title: string;
  readonly author: string;
}

interface Listed {
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
}

/** Pages of 100; what was merged earlier than that is not listed. */
const mostPages = 10;

/**
 * Pull requests whose merge the commit reaches and the release before it does not, lowest number first. Those that only
 * carried branches of the flow into one another are left out. Needs `pull-requests: read` and the whole history.
 */
export async function mergedChanges(
  github: GitHub,
  { commit, branches }: ChangeQuestion,
  deps: Deps,
): Promise<readonly MergedChange[]> {
  const commits = await newCommits(commit, deps);
  const changes = new Map<number, MergedChange>();
  for (let page = 1; page <= mostPages; page += 1) {
    const pulls = await listClosed(github, page);
    for (const pull of pulls) {
      const merge = pull.merged_at === null ? null : pull.merge_commit_sha;
      if (merge === null || !commits.has(merge) || isTransport(pull, branches)) continue;
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

/** Commits of this release: what no release tag behind it reaches. */
async function newCommits(commit: string, { run, context }: Deps): Promise<ReadonlySet<string>> {
  const git = createGitCommand(run, context.workspace);
  const lines = async (args: readonly string[]): Promise<readonly string[]> => {
    const result = await git(args);
    if (result.code !== 0) throw gitFailure(args, result);
    return result.stdout.split('\n').filter((line) => line !== '');
  };
  // The tag of this very commit is none of those before it.
  const tags = (await lines(['tag', '--list', '--merged', `${commit}^`]))
    .filter((tag) => parseVersionTag(tag) !== null)
    .map((tag) => `^refs/tags/${tag}`);
  return new Set(await lines(['rev-list', commit, ...tags, '--']));
}

/** Releases on their way to production, and merges back. */
function isTransport({ head, base }: Listed, branches: Branches): boolean {
  const carries = [branches.release, branches.hotfix].some((prefix) => head.ref.startsWith(prefix));
  const back = head.ref === branches.production || head.ref.startsWith('back-merge/');
  return back || (carries && base.ref === branches.production);
}
