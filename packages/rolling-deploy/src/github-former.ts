// The deployment that a new one takes over from, as GitHub shows it: inactive from then on.
import type { GitHub } from '@headgate/kit/github';
import { record, text } from './engine-answers.js';
import { parsed } from './engine-words.js';
import { attempt, type DeploymentDeps, type DeploymentRequest, statuses } from './github-deployment.js';

export interface Superseded extends Pick<DeploymentRequest, 'environment'> {
  /** The deployment that took over. */
  readonly id: string;
  readonly target: string;
  readonly service: string;
}

/** Former deployments looked at; the one that served until now is among the latest. */
const lookedAt = 10;

/** The deployment that served this service on this target until now becomes inactive. Never rejects. */
export async function retireFormer(superseded: Superseded, deps: DeploymentDeps): Promise<void> {
  if (superseded.id === '') return;
  await attempt('mark the former deployment as inactive', deps, async () => {
    const github = await deps.connectGitHub(deps.token);
    const { environment } = superseded;
    const { data } = await github.request<unknown>('GET /repos/{owner}/{repo}/deployments', {
      environment,
      per_page: 100,
    });
    const former = (Array.isArray(data) ? data : []).filter((each) => isFormer(each, superseded));
    for (const { id } of former.slice(0, lookedAt)) {
      const state = await latestState(github, id);
      if (state === 'success') await setInactive(github, id);
      if (state === 'success' || state === 'inactive') return;
    }
  });
}

function isFormer(
  value: unknown,
  { id: own, target, service }: Superseded,
): value is { readonly id: number } {
  const { id, payload } = record(value);
  const of = record(typeof payload === 'string' ? parsed(payload) : payload);
  return typeof id === 'number' && String(id) !== own && of['target'] === target && of['service'] === service;
}

async function latestState(github: GitHub, id: number): Promise<string> {
  const { data } = await github.request<unknown>(`GET ${statuses}`, { deployment_id: id, per_page: 1 });
  return text(record(Array.isArray(data) ? data[0] : null)['state']);
}

async function setInactive(github: GitHub, id: number): Promise<void> {
  const description = 'a newer deployment serves';
  await github.request(`POST ${statuses}`, { deployment_id: id, state: 'inactive', description });
}
