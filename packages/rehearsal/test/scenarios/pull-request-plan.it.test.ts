// What a pull request would change in the infrastructure: shown to people, kept nowhere, applied by nobody.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { artifacts } from './leavings.js';
import { comments, openReleaseScene } from './release.js';
import { conclusions, type Scene } from './scene.js';
import { releaseBundles, scenarios } from './tools.js';

const suite = await scenarios('pull request plan', releaseBundles, [['terraform', 'version']]);

suite('a pull request into develop', () => {
  let scene: Scene;
  let run: RunState | undefined;
  let number = 0;
  beforeAll(async () => {
    scene = await openReleaseScene({ integration: true });
    await scene.push({ branch: 'feature/place', files: { 'app.txt': 'x' } });
    const { repository, host, ann } = scene;
    const pull = { repository, head: 'feature/place', base: 'develop', title: 'Another place' };
    ({ number } = await ann.openPullRequest(pull));
    await scene.idle();
    run = [...host.runs.values()].findLast((each) => each.event.name === 'pull_request');
  }, 120_000);
  afterAll(() => scene.close());

  it('shows the plan as a comment', async () => {
    expect(run?.conclusion).toBe('success');
    const [shown] = await comments(scene, number);
    expect(shown?.body).toMatch(/create: terraform.*place/);
    expect(shown?.body).toMatch(/integration/);
  });

  it('leaves no plan behind, and nothing applies it', () => {
    if (run === undefined) throw new Error('no run');
    expect([...artifacts(scene, run).keys()].filter((name) => /plan/.test(name))).toEqual([]);
    expect(Object.keys(conclusions(run)).filter((name) => /apply|target/.test(name))).toEqual([]);
    expect(conclusions(run)).toMatchObject({ 'plan (main)': 'success' });
  });
});
