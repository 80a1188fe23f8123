// Open pull requests whose head is the pushed branch.
import type { OpenPullRequest } from '@headgate/configuration/facts';
import type { Repository } from '@headgate/kit/context';
import type { GitHub } from '@headgate/kit/github';

interface Listed {
  readonly number: number;
  readonly head: { readonly ref: string; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly ref: string };
}

const route = 'GET /repos/{owner}/{repo}/pulls';

/** Needs `pull-requests: read`. GitHub's filter is not trusted alone: an unknown `head` would list every one. */
export async function openPullRequests(
  github: GitHub,
  repository: Repository,
  branch: string,
): Promise<readonly OpenPullRequest[]> {
  const pulls = await github.paginate<Listed>(route, {
    head: `${repository.owner}:${branch}`,
    state: 'open',
  });
  return pulls
    .filter(({ head }) => head.ref === branch && sameRepository(head.repo?.full_name, repository.fullName))
    .map(({ number, base }) => ({ number, base: base.ref }));
}

function sameRepository(left: string | undefined, right: string): boolean {
  return left?.toLowerCase() === right.toLowerCase();
}
