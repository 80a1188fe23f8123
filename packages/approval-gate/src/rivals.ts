// Requests of other runs for the same environment: older ones are over, and a newer one makes this run's late.
import type { Context } from '@headgate/kit/context';
import { withoutRef, workflowPath } from '@headgate/kit/evidence-run';
import type { GitHub } from '@headgate/kit/github';
import { findSurface, mergedPullRequest, type Surface } from './release.js';
import { type Request, requestsIn } from './requests.js';
import { openThread } from './thread.js';

export interface Rival {
  readonly request: Request;
  readonly thread: number;
}

export interface RivalQuery {
  readonly context: Context;
  readonly environment: string;
  readonly bot: string;
}

interface Run {
  readonly id: number;
  readonly head_sha: string;
  readonly path: string;
}

/** Runs looked at on each side of ours: a request further back has been made void by one of these. */
const mostRuns = 5;

/** Requests for the environment by other pushes of the same workflow to the same branch, wherever they were made. */
export async function findRivals(github: GitHub, query: RivalQuery): Promise<readonly Rival[]> {
  const threads = new Map<number, ReturnType<typeof openThread>>();
  const rivals = new Map<string, Rival>();
  for (const run of await otherRuns(github, query.context)) {
    const surface = await surfaceOf(github, run, query);
    if (surface === null || threads.has(surface.number)) continue;
    const thread = openThread(github, surface.number);
    threads.set(surface.number, thread);
    const { comments } = await thread.read();
    for (const request of requestsIn(comments, query.bot)) {
      const { marker } = request;
      if (marker.environment !== query.environment || marker.run === query.context.runId) continue;
      rivals.set(marker.nonce, { request, thread: surface.number });
    }
  }
  return [...rivals.values()];
}

async function otherRuns(github: GitHub, context: Context): Promise<readonly Run[]> {
  const { ref, runId } = context;
  if (!ref.startsWith('refs/heads/')) return [];
  const path = workflowPath(context);
  const { data } = await github.request<{ readonly workflow_runs: readonly Run[] }>(
    'GET /repos/{owner}/{repo}/actions/runs',
    { branch: ref.slice('refs/heads/'.length), event: 'push', per_page: 50 },
  );
  const same = data.workflow_runs
    .filter((run) => run.id !== runId && withoutRef(run.path) === path)
    .sort((a, b) => a.id - b.id);
  const older = same.filter(({ id }) => id < runId).slice(-mostRuns);
  return [...older, ...same.filter(({ id }) => id > runId).slice(-mostRuns)];
}

async function surfaceOf(
  github: GitHub,
  run: Run,
  { environment, bot }: RivalQuery,
): Promise<Surface | null> {
  const pull = await mergedPullRequest(github, run.head_sha);
  return await findSurface(github, { pull, environment, bot });
}
