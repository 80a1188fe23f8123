// A release before its approval: what a no, a lost runner and a missing staging run mean.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { entryOf, recordOf } from './leavings.js';
import {
  approveLine,
  begun,
  comments,
  merge,
  openReleaseScene,
  prepare,
  type Release,
  say,
} from './release.js';
import { conclusions, jobOf, type Scene } from './scene.js';
import { releaseBundles, scenarios } from './tools.js';

const suite = await scenarios('approval', releaseBundles, [['terraform', 'version']]);

suite('a release that is rejected', () => {
  let scene: Scene;
  let release: Release;
  let run: RunState;
  beforeAll(async () => {
    scene = await openReleaseScene();
    release = await prepare(scene, '1.0.0');
    run = await merge(scene, release.pullRequest);
    await begun(run, 'wait');
    const line = await approveLine(scene, release.pullRequest);
    await say(scene, release.pullRequest, ['linus', line.replace('/approve', '/reject')]);
    await scene.idle();
  }, 180_000);
  afterAll(() => scene.close());

  it('was shown in staging, and its pull request found that', () => {
    expect(release.staging.conclusion).toBe('success');
    expect(release.check.conclusion).toBe('success');
    expect(conclusions(release.check)).toMatchObject({ evidence: 'success', forecast: 'success' });
  });

  it('is neither applied nor deployed', () => {
    expect(run.conclusion).toBe('failure');
    expect(entryOf(scene, run, 'approval').cause?.code).toBe('rejected');
    expect(Object.keys(conclusions(run)).filter((name) => /apply|target/.test(name))).toEqual([]);
    expect(recordOf(scene, run).deployments).toEqual([]);
  });

  it('keeps its tag and its merge back into develop', async () => {
    await scene.clone.git('fetch', '--quiet', '--tags', 'origin');
    expect(await scene.clone.git('rev-parse', 'v1.0.0^{commit}')).toBe(run.headSha);
    await scene.clone.git('merge-base', '--is-ancestor', 'origin/master', 'origin/develop');
    expect(conclusions(run)).toMatchObject({ tag: 'success', 'back-merge': 'success', draft: 'success' });
  });
});

suite('a release whose runner is lost between approval and apply', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openReleaseScene();
  });
  afterAll(() => scene.close());

  it('goes on when its failed jobs are run again, and does nothing twice', async () => {
    const { pullRequest } = await prepare(scene, '1.0.0');
    const run = await merge(scene, pullRequest);
    await begun(run, 'wait');
    const line = await approveLine(scene, pullRequest);
    await say(scene, pullRequest, ['ada', line]);
    await say(scene, pullRequest, ['linus', line]);
    await begun(run, 'recheck');
    await scene.engine.loseRunner(jobOf(run, 'recheck').id);
    await scene.idle();

    expect(conclusions(run)).toMatchObject({ wait: 'success', recheck: 'failure' });
    expect(recordOf(scene, run).approvals).toMatchObject([{ decision: 'approved' }]);
    expect(recordOf(scene, run).plans.map(({ outcome }) => outcome)).toEqual(['planned']);

    await scene.ann.rerun({ repository: scene.repository, runId: run.id, failedOnly: true });
    await scene.idle();

    expect(run.conclusion).toBe('success');
    const record = recordOf(scene, run);
    expect(record.plans.map(({ outcome }) => outcome)).toEqual(['planned', 'applied']);
    expect(record.approvals).toHaveLength(1);
    expect(record.deployments).toMatchObject([{ environment: 'production', outcome: 'deployed' }]);
    const asked = (await comments(scene, pullRequest)).filter(({ body }) =>
      /headgate-approval request/.test(body),
    );
    expect(asked).toHaveLength(1);
  }, 180_000);
});

suite('an environment that is not what its plans were made with', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openReleaseScene({ infrastructure: ['        variables: { size: { var: SIZE } }'] });
  });
  afterAll(() => scene.close());

  it('is named before anybody is asked', async () => {
    const { environments, variables } = scene.host.repository(scene.repository);
    Object.assign(variables, { SIZE: 'small' });
    Object.assign(environments, {
      production: { ...environments['production'], variables: { SIZE: 'large' } },
    });
    const { pullRequest } = await prepare(scene, '1.0.0');
    const run = await merge(scene, pullRequest);
    await scene.idle();

    expect(conclusions(run)).toMatchObject({ configuration: 'success', compare: 'failure', tag: 'success' });
    const { annotations } = jobOf(run, 'compare');
    expect(annotations[0]?.title).toBe('git-flow: configuration-changed');
    expect(annotations[0]?.message).toContain('infrastructure.main.variables.size is another now');
    expect(Object.keys(conclusions(run)).filter((name) => /request|wait|apply|target/.test(name))).toEqual(
      [],
    );
    expect((await comments(scene, pullRequest)).filter(({ body }) => /\/approve/.test(body))).toEqual([]);
  }, 120_000);
});

suite('master without evidence', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openReleaseScene();
  });
  afterAll(() => scene.close());

  it('is refused before the merge and after it, and nothing is tagged', async () => {
    const { repository, ann } = scene;
    const commit = await scene.clone.commit({ branch: 'release/2.0.0', files: { 'app.txt': 'unseen' } });
    // Pushed where no staging run sees it: the workflow does not know the branch.
    await scene.clone.push('other/2.0.0');
    await scene.idle();
    const { number } = await ann.openPullRequest({
      repository,
      head: 'other/2.0.0',
      base: 'master',
      title: 'Unseen',
    });
    await scene.idle();
    const check = [...scene.host.runs.values()].findLast((run) => run.event.name === 'pull_request');

    expect(check?.conclusion).toBe('failure');
    expect(
      check === undefined
        ? ''
        : jobOf(check, 'evidence')
            .annotations.map(({ title }) => title)
            .join(),
    ).toMatch(/evidence-missing/);

    const { sha } = await ann.merge({ repository, number, method: 'merge' });
    const run = await scene.runOf('push', sha);
    await scene.idle();

    expect(run.conclusion).toBe('failure');
    expect(conclusions(run)).toMatchObject({ decide: 'success', evidence: 'failure' });
    expect(Object.keys(conclusions(run)).filter((name) => /tag|plan|target/.test(name))).toEqual([]);
    expect(await scene.clone.git('ls-remote', '--tags', 'origin')).toBe('');
    expect(commit).not.toBe(sha);
  }, 120_000);
});

suite('a pull request that is opened while staging runs', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openReleaseScene();
  });
  afterAll(() => scene.close());

  it('fails at once, and staging runs its check again', async () => {
    const { repository, host } = scene;
    const staging = await scene.start({ branch: 'release/1.0.0', files: { 'app.txt': 'shown later' } });
    const mona = host.person('mona', { role: 'write' });
    await mona.openPullRequest({ repository, head: 'release/1.0.0', base: 'master', title: 'Release' });
    await scene.idle();
    const check = [...host.runs.values()].findLast((run) => run.event.name === 'pull_request');
    if (check === undefined) throw new Error('the pull request started no run');

    expect(staging.conclusion).toBe('success');
    const first = check.jobs.find((job) => job.attempt === 1 && job.name.endsWith('evidence'));
    expect(first?.annotations.map(({ title }) => title)).toContain('git-flow: staging-pending');
    expect([check.attempt, check.conclusion]).toEqual([2, 'success']);
  }, 120_000);
});
