// The deployment as GitHub shows it: one per roll-out, with statuses. GitHub being away never stops a deployment.
import type { Clock } from '@headgate/kit/clock';
import type { Deps } from '@headgate/kit/deps';
import type { ConnectGitHub, GitHub } from '@headgate/kit/github';

/** https://docs.github.com/rest/deployments/statuses: longer descriptions are refused. */
const descriptionLimit = 140;

/** Where a deployment's statuses are asked for and sent to. */
export const statuses = '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses';

/** Milliseconds that one word to GitHub may take; the service does not wait for it any longer. */
const patienceMs = 15_000;

export type DeploymentState = 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';

export interface DeploymentRequest {
  readonly environment: string;
  /** A branch, tag or commit. */
  readonly ref: string;
  /** Digests and names only. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly logUrl: string;
  /** '' when the environment has no address. */
  readonly environmentUrl: string;
  /** The environment goes away again, and is not production. */
  readonly transient?: boolean;
}

export interface GitHubDeployment {
  /** '' without a token, or when GitHub could not be asked. */
  readonly id: string;
  report(state: DeploymentState, description: string): Promise<void>;
}

export interface DeploymentDeps {
  readonly connectGitHub: ConnectGitHub;
  /** '' : no deployment is recorded. */
  readonly token: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** Of an action's own. */
export function tellingGitHub(
  { connectGitHub, clock, core }: Pick<Deps, 'connectGitHub' | 'clock' | 'core'>,
  token: string,
): DeploymentDeps {
  return { connectGitHub, clock, token, warn: (message) => core.warning(message) };
}

/** Creates the deployment. Never rejects: what GitHub refuses becomes a warning. */
export async function openDeployment(
  request: DeploymentRequest,
  deps: DeploymentDeps,
): Promise<GitHubDeployment> {
  const github = await attempt('create the GitHub deployment', deps, async () =>
    deps.connectGitHub(deps.token),
  );
  const id = github === null ? '' : ((await create(github, request, deps)) ?? '');
  return existingDeployment(id, request, deps);
}

/** A deployment created before, by this or another process. */
export function existingDeployment(
  id: string,
  request: DeploymentRequest,
  deps: DeploymentDeps,
): GitHubDeployment {
  return {
    id,
    report: async (state, description) => {
      if (id === '') return;
      await attempt(`report the deployment as ${state}`, deps, async () => {
        const github = await deps.connectGitHub(deps.token);
        await github.request(`POST ${statuses}`, {
          deployment_id: Number(id),
          state,
          description: shorten(description),
          log_url: request.logUrl,
          // By itself GitHub would retire other targets' deployments too, and in production none.
          auto_inactive: false,
          ...(request.environmentUrl === '' ? {} : { environment_url: request.environmentUrl }),
        });
      });
    },
  };
}

async function create(
  github: GitHub,
  request: DeploymentRequest,
  deps: DeploymentDeps,
): Promise<string | null> {
  return attempt('create the GitHub deployment', deps, async () => {
    const { data } = await github.request<{ id?: number }>('POST /repos/{owner}/{repo}/deployments', {
      ref: request.ref,
      environment: request.environment,
      payload: request.payload,
      ...(request.transient === true ? { transient_environment: true, production_environment: false } : {}),
      // Checks were the workflow's matter; merging is nobody's here.
      required_contexts: [],
      auto_merge: false,
    });
    if (data.id === undefined) throw new Error('GitHub answered without a deployment');
    return String(data.id);
  });
}

/** Null without a token, and for what GitHub refused or did not answer in time, which is a warning. */
export async function attempt<T>(
  doing: string,
  { token, clock, warn }: DeploymentDeps,
  work: () => Promise<T>,
): Promise<T | null> {
  if (token === '') return null;
  const done = new AbortController();
  const late = clock.sleep(patienceMs, done.signal).then(() => {
    throw new Error(`no answer within ${patienceMs / 1000} s`);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    warn(
      `could not ${doing}, the roll-out goes on: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  } finally {
    done.abort();
  }
}

export function shorten(description: string): string {
  const line = description.replace(/\s+/g, ' ').trim();
  return line.length <= descriptionLimit ? line : `${line.slice(0, descriptionLimit - 1)}…`;
}
