// Previews as GitHub shows them: a transient deployment each, inactive once the preview is gone.
import type { Deps } from '@headgate/kit/deps';
import type { GitHub } from '@headgate/kit/github';
import { environmentOf } from './preview-identity.js';

type Asker = Pick<Deps, 'connectGitHub' | 'core'>;

/** Every deployment of the preview's environment but `except` becomes inactive. Never rejects: a refusal is a warning. */
export async function retireDeployments(
  number: number,
  { token, except }: { readonly token: string; readonly except: string },
  { connectGitHub, core }: Asker,
): Promise<void> {
  if (token === '') return;
  try {
    const github = await connectGitHub(token);
    const environment = environmentOf(number);
    const all = await github.paginate<{ readonly id: number }>('GET /repos/{owner}/{repo}/deployments', {
      environment,
    });
    for (const { id } of all) if (String(id) !== except) await retire(github, id);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    core.warning(`could not tell GitHub that the preview of #${number} is gone: ${reason}`);
  }
}

async function retire(github: GitHub, id: number): Promise<void> {
  const place = '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
  const { data } = await github.request<readonly { readonly state?: string }[]>(`GET ${place}`, {
    deployment_id: id,
    per_page: 1,
  });
  if (data[0]?.state === 'inactive') return;
  await github.request(`POST ${place}`, {
    deployment_id: id,
    state: 'inactive',
    description: 'the preview is gone',
  });
}

/** Numbers of those pull requests that are closed; what GitHub does not answer counts as open. */
export async function closedAmong(
  numbers: readonly number[],
  token: string,
  { connectGitHub, core }: Asker,
): Promise<ReadonlySet<number>> {
  const closed = new Set<number>();
  if (token === '') return closed;
  for (const number of numbers) {
    try {
      const github = await connectGitHub(token);
      const { data } = await github.request<{ readonly state?: string }>(
        'GET /repos/{owner}/{repo}/pulls/{pull_number}',
        { pull_number: number },
      );
      if (data.state === 'closed') closed.add(number);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      core.warning(`#${number} counts as open, since GitHub did not say: ${reason}`);
    }
  }
  return closed;
}
