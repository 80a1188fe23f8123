// Mode rerun-checks: which check staging wakes, and which it leaves alone.
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rerunChecksRun } from '../src/rerun-checks.js';
import { createReleaseWorld, type ReleaseWorld } from './release-world.js';

const routes = {
  pulls: 'GET /repos/{owner}/{repo}/pulls',
  runs: 'GET /repos/{owner}/{repo}/actions/runs',
  jobs: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs',
  rerun: 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs',
} as const;

const check = {
  id: 7,
  html_url: 'https://github.com/acme/shop/actions/runs/7',
  path: '.github/workflows/delivery.yml@refs/pull/1/merge',
  head_branch: 'release/1.0.0',
  status: 'completed',
  conclusion: 'failure',
};
const waiting = { name: 'flow / evidence', conclusion: 'failure' };

let world: ReleaseWorld;
let github: TestGitHub;

beforeEach(() => {
  world = createReleaseWorld();
  github = createTestGitHub();
  github.on(routes.pulls, [{ number: 1 }]);
  github.on(routes.runs, { workflow_runs: [{ ...check, id: 6 }, check] });
  github.on(routes.jobs, { jobs: [{ name: 'flow / decide', conclusion: 'success' }, waiting] });
  github.on(routes.rerun, {});
});
afterEach(() => world.repository.remove());

async function wake(): Promise<readonly unknown[]> {
  const decision = JSON.stringify({
    ...world.decision,
    branch: 'release/1.0.0',
    branchKind: 'release',
    commit: world.tip,
  });
  const inputs = { decision, configuration: 'headgate.yml', githubToken: 'token' };
  const deps = { ...world.deps, connectGitHub: github.connect };
  await rerunChecksRun({ mode: 'rerun-checks', ...inputs }, deps);
  return github.calls.filter(({ route }) => route === routes.rerun).map(({ parameters }) => parameters);
}

describe('mode rerun-checks', () => {
  it('runs the newest check again that failed for want of evidence', async () => {
    expect(await wake()).toEqual([{ run_id: 7 }]);
    expect(github.calls.map(({ parameters }) => parameters).slice(0, 2)).toEqual([
      { state: 'open', head: 'acme:release/1.0.0', base: 'master' },
      { head_sha: world.tip, event: 'pull_request', branch: 'release/1.0.0' },
    ]);
  });

  it.each<[string, string, unknown]>([
    ['no pull request is open', routes.pulls, []],
    ['it has not run yet', routes.runs, { workflow_runs: [] }],
    [
      'it still runs',
      routes.runs,
      { workflow_runs: [{ ...check, status: 'in_progress', conclusion: null }] },
    ],
    ['it succeeded', routes.runs, { workflow_runs: [{ ...check, conclusion: 'success' }] }],
    [
      'it is another workflow',
      routes.runs,
      { workflow_runs: [{ ...check, path: '.github/workflows/lint.yml' }] },
    ],
    ['something else failed', routes.jobs, { jobs: [{ name: 'flow / forecast', conclusion: 'failure' }] }],
  ])('leaves it alone when %s', async (_, route, answer) => {
    github.on(route, answer);

    expect(await wake()).toEqual([]);
  });

  it('does not fail staging when it may not wake anybody', async () => {
    const refused = createTestGitHub();
    for (const route of [routes.pulls, routes.runs, routes.jobs])
      refused.on(route, (await github.request(route)).data);
    github = refused;

    await wake();

    const warnings = world.deps.core.annotations.filter(({ level }) => level === 'warning');
    expect(warnings.map(({ message }) => message).join()).toContain('could not be run again');
  });
});
