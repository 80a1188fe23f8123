// The deployments of an environment that succeeded, as GitHub tells of them.
import type { GitHub } from '@headgate/kit/github';

interface Listed {
  readonly id: number;
  readonly sha?: string;
  readonly payload?: unknown;
}

interface Status {
  readonly state: string;
}

export interface Deployment {
  /** Empty where GitHub does not say. */
  readonly commit: string;
  /** As the record had it: X.Y.Z, or null where versions are not numbered. */
  readonly version: string | null;
}

const listRoute = 'GET /repos/{owner}/{repo}/deployments';
const statusRoute = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';

/** More than the targets of one environment and its failed tries in a row. */
const mostDeployments = 100;

/** What an environment ran, asked as it is needed, and each thing once. */
export interface DeploymentHistory {
  readonly environment: string;
  /**
   * Those of rolling-deploy that succeeded, the newest first; how one ended is only asked of those whose version is
   * `wanted`. Statuses can be forged by any job that may write them: what they say may refuse something, and never
   * allows anything.
   */
  succeeded(wanted: (version: string | null) => boolean): AsyncGenerator<Deployment, void>;
}

/** Needs `deployments: read`. */
export function createHistory(github: GitHub, environment: string): DeploymentHistory {
  let list: Promise<readonly Listed[]> | null = null;
  const ends = new Map<number, Promise<boolean>>();
  const endOf = (id: number): Promise<boolean> => {
    const known = ends.get(id) ?? hasSucceeded(github, id);
    ends.set(id, known);
    return known;
  };
  return {
    environment,
    async *succeeded(wanted) {
      list ??= listDeployments(github, environment);
      for (const { id, sha, payload } of await list) {
        const version = versionOf(payload);
        if (version === undefined || !wanted(version)) continue;
        if (await endOf(id)) yield { commit: sha ?? '', version };
      }
    },
  };
}

async function listDeployments(github: GitHub, environment: string): Promise<readonly Listed[]> {
  const parameters = { environment, per_page: mostDeployments };
  return (await github.request<readonly Listed[]>(listRoute, parameters)).data;
}

/** An older success becomes inactive when a new one comes, so the newest that succeeded is the one that counts. */
async function hasSucceeded(github: GitHub, id: number): Promise<boolean> {
  const { data } = await github.request<readonly Status[]>(statusRoute, { deployment_id: id, per_page: 100 });
  return (
    data[0]?.state !== 'failure' &&
    data[0]?.state !== 'error' &&
    data.some(({ state }) => state === 'success')
  );
}

/**
 * Undefined for the deployments that jobs leave by naming an environment: ours say which version, be it null. GitHub
 * hands a payload back as it was given, or as JSON text.
 */
function versionOf(payload: unknown): string | null | undefined {
  const value = typeof payload === 'string' ? parsed(payload) : payload;
  if (typeof value !== 'object' || value === null || !('version' in value)) return undefined;
  return typeof value.version === 'string' ? value.version : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
