// A release as people make one: the branch, its pull request, the merge, and what they say to the request.
import type { RunState } from '../../src/model.js';
import { type ReleaseParts, releaseFiles } from './release-application.js';
import { openScene, type Scene, type SceneOptions, until } from './scene.js';

export interface Release {
  readonly staging: RunState;
  readonly pullRequest: number;
  readonly check: RunState;
}

export const openReleaseScene = (
  parts: ReleaseParts = {},
  options: Omit<SceneOptions, 'files'> = {},
): Promise<Scene> => openScene({ ...options, files: releaseFiles(parts) });

/** Pushes the branch, lets staging run, opens its pull request and lets that run. */
export async function prepare(
  scene: Scene,
  version: string,
  branch = `release/${version}`,
): Promise<Release> {
  const from = branch.startsWith('hotfix/') ? 'master' : 'develop';
  const staging = await scene.push({ branch, from, files: { 'app.txt': `${version} ${Math.random()}` } });
  const { repository, host } = scene;
  const mona = host.person('mona', { role: 'write' });
  const title = `Release ${version}`;
  const { number } = await mona.openPullRequest({ repository, head: branch, base: 'master', title });
  await scene.idle();
  const check = [...host.runs.values()].findLast((run) => run.event.name === 'pull_request');
  if (check === undefined) throw new Error('the pull request started no run');
  return { staging, pullRequest: number, check };
}

/** Merges it; gives the run of production as soon as it has begun. */
export async function merge(scene: Scene, pullRequest: number): Promise<RunState> {
  const { repository, ann } = scene;
  const { sha } = await ann.merge({ repository, number: pullRequest, method: 'merge' });
  return scene.runOf('push', sha);
}

/** Waits until a job has begun, or the run has ended without it. */
export async function begun(run: RunState, name: string): Promise<void> {
  await until(
    `${name} of ${run.conclusion ?? 'the run'}`,
    () => {
      const job = run.jobs.findLast((each) => each.attempt === run.attempt && each.name.endsWith(name));
      return run.status === 'completed' || (job !== undefined && job.status !== 'queued') ? true : null;
    },
    120_000,
  );
}

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
}

export async function comments(scene: Scene, pullRequest: number): Promise<readonly Comment[]> {
  const path = `/repos/${scene.repository}/issues/${pullRequest}/comments?per_page=100`;
  return (await scene.ann.request('GET', path)).data as readonly Comment[];
}

/** The line that approves, as the newest request on the pull request shows it. */
export async function approveLine(scene: Scene, pullRequest: number): Promise<string> {
  const lines = (await comments(scene, pullRequest)).flatMap(({ body }) =>
    /\/approve [0-9a-f]{12}/.exec(body) === null ? [] : [/\/approve [0-9a-f]{12}/.exec(body)?.[0] ?? ''],
  );
  const line = lines.at(-1);
  if (line === undefined) throw new Error('nobody asked for approval');
  return line;
}

export async function say(
  scene: Scene,
  pullRequest: number,
  words: readonly [string, string],
): Promise<void> {
  const [login, body] = words;
  await scene.host
    .person(login, { role: 'write' })
    .comment({ repository: scene.repository, number: pullRequest, body });
}
