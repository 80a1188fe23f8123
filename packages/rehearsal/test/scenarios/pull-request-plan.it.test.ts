// What a pull request would change in the infrastructure: shown to people, kept nowhere, applied by nobody.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { artifacts } from './leavings.js';
import { comments, openReleaseScene } from './release.js';
import { conclusions, jobOf, type Scene } from './scene.js';
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

  it('whose plan fails hears of it at once, with the line of the file, and that it is resolved', async () => {
    const change = async (text: string | null): Promise<RunState> => {
      const files = { 'infrastructure/more.tf': text };
      const commit = await scene.clone.commit({ branch: 'feature/place', files });
      await scene.clone.push('feature/place');
      const started = await scene.runOf('pull_request', commit);
      await scene.idle();
      return started;
    };
    const told = async (): Promise<string> =>
      (await comments(scene, number))
        .map(({ body }) => body)
        .findLast((body) => /headgate-failures/.test(body)) ?? '';

    const failed = await change('resource "terraform_data" "more" {\n  input = "a"\n  colour = "red"\n}\n');

    const job = jobOf(failed, 'plan (main)');
    expect(job).toMatchObject({ conclusion: 'failure' });
    expect(job.log).toContain(`Comment on pull request #${number}: written.`);
    expect(job.annotations).toContainEqual(
      expect.objectContaining({ file: 'infrastructure/more.tf', line: 3 }),
    );
    expect(jobOf(failed, 'result (pull_request)').log).toContain(`Comment on pull request #${number}:`);
    expect(await told()).toContain('### plan main failed');
    expect(await told()).toMatch(/\[infrastructure\/more\.tf:3\]\(\S+\/infrastructure\/more\.tf#L3\)/);
    expect(
      [...artifacts(scene, failed).keys()].filter((name) => /^headgate-entry-plan-/.test(name)),
    ).toHaveLength(1);
    expect((await change(null)).conclusion).toBe('success');
    expect(await told()).toContain('**Resolved**');
  });
});
