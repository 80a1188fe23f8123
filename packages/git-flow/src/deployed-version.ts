// Which version an environment runs, as its deployments on GitHub say.
import { compareVersions, parseVersion, showVersion, type Version } from '@headgate/configuration/version';
import type { GitHub } from '@headgate/kit/github';
import { failure } from './failures.js';

interface Deployment {
  readonly id: number;
  readonly payload?: unknown;
}

interface Status {
  readonly state: string;
}

const listRoute = 'GET /repos/{owner}/{repo}/deployments';
const statusRoute = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';

/** More than the targets of one environment and its failed tries in a row. */
const mostDeployments = 100;

export interface VersionQuestion {
  readonly environment: string;
  /** X.Y.Z that is about to be deployed; null where versions are not numbered, which is never superseded. */
  readonly version: string | null;
}

/** @throws {ActionError} `superseded` when the environment runs a higher version. */
export async function checkNewest(github: GitHub, { environment, version }: VersionQuestion): Promise<void> {
  const own = version === null ? null : parseVersion(version);
  if (own === null) return;
  const deployed = await runningVersion(github, environment);
  if (deployed === null || compareVersions(deployed, own) <= 0) return;
  const shown = showVersion(deployed);
  const message = `${environment} was expected to run ${version} or less, it runs ${shown}: a newer version was deployed meanwhile`;
  const hint = `Nothing is to be done if ${shown} is meant to stay; to go back to ${version}, roll back to it.`;
  throw failure('superseded', message, hint);
}

/**
 * The version of the last deployment that succeeded; null when none is known. Needs `deployments: read`. Statuses can
 * be forged by any job that may write them: what they say may refuse something, and never allows anything.
 */
export async function runningVersion(github: GitHub, environment: string): Promise<Version | null> {
  const parameters = { environment, per_page: mostDeployments };
  const { data } = await github.request<readonly Deployment[]>(listRoute, parameters);
  for (const { id, payload } of data) {
    const deployed = parseVersion(versionOf(payload) ?? '');
    // Jobs that name an environment leave deployments too; ours say which version.
    if (deployed !== null && (await succeeded(github, id))) return deployed;
  }
  return null;
}

/** An older success becomes inactive when a new one comes, so the newest that succeeded is the one that counts. */
async function succeeded(github: GitHub, id: number): Promise<boolean> {
  const { data } = await github.request<readonly Status[]>(statusRoute, { deployment_id: id, per_page: 100 });
  return (
    data[0]?.state !== 'failure' &&
    data[0]?.state !== 'error' &&
    data.some(({ state }) => state === 'success')
  );
}

/** GitHub hands a payload back as it was given, or as JSON text. */
function versionOf(payload: unknown): string | null {
  const value = typeof payload === 'string' ? parsed(payload) : payload;
  const { version } = (value ?? {}) as { readonly version?: unknown };
  return typeof version === 'string' ? version : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
