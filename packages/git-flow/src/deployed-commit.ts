// Which commit an environment runs: an older one must not take the place of one that came after it.
import type { GitHub } from '@headgate/kit/github';
import { dataOrNull } from '@headgate/kit/octokit-errors';
import type { DeploymentHistory } from './deployments.js';
import { failure } from './failures.js';

const compareRoute = 'GET /repos/{owner}/{repo}/compare/{basehead}';

/**
 * Two merges are built at the same time and the later one may be the faster: what it brought contains the other. A
 * commit on another line of history, as a hotfix beside a release, overtakes nothing.
 * @throws {ActionError} `superseded` when the environment runs a descendant of the commit
 */
export async function checkNotOvertaken(
  github: GitHub,
  history: DeploymentHistory,
  commit: string,
): Promise<void> {
  const { environment } = history;
  const deployed = await deployedCommit(history);
  if (deployed === '' || deployed === commit || !(await isAhead(github, deployed, commit))) return;
  const [own, running] = [commit.slice(0, 12), deployed.slice(0, 12)];
  const message = `${environment} was expected to run ${own} or what came before it, it runs ${running}, which contains ${own}: a newer commit was deployed meanwhile`;
  throw failure('superseded', message, `Nothing is to be done; to be without ${running}, revert it.`);
}

/** That of the last deployment that succeeded; empty when none is known. */
async function deployedCommit(history: DeploymentHistory): Promise<string> {
  for await (const { commit } of history.succeeded(() => true)) return commit;
  return '';
}

/** False for a commit that is no longer there, as after a push by force. Needs `contents: read`. */
async function isAhead(github: GitHub, commit: string, base: string): Promise<boolean> {
  const parameters = { basehead: `${base}...${commit}`, per_page: 1 };
  const found = await dataOrNull(github.request<{ readonly status: string }>(compareRoute, parameters));
  return found?.status === 'ahead';
}
