// Hostile names and texts: branches, commits and pull requests that try to be commands, code or markup.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { decisionOf, recordOf, repositories } from './leavings.js';
import { conclusions, openScene, type Scene } from './scene.js';
import { configuration } from './tiny-application.js';
import { scenarios } from './tools.js';

const suite = await scenarios('names');
const tested = {
  decide: 'success',
  'image (app)': 'success',
  collect: 'success',
  record: 'success',
};

suite('hostile names and texts', () => {
  let scene: Scene;
  let trap: string;
  beforeAll(async () => {
    trap = mkdtempSync(join(tmpdir(), 'headgate-trap-'));
    scene = await openScene();
  });
  afterAll(async () => {
    await scene.close();
    rmSync(trap, { recursive: true, force: true });
  });

  /** Names that git allows; each would leave a file in the trap, or a value behind, if something evaluated it. */
  const names = (): readonly string[] => [
    `$(touch\${IFS}${trap}/dollar)\`touch\${IFS}${trap}/backtick\`{{github.token}}`,
    `";touch\${IFS}${trap}/double;"`,
    `';touch\${IFS}${trap}/single;'`,
    `a&&touch\${IFS}${trap}/and||touch\${IFS}${trap}/or|sh>x<y`,
    '%0A%0D##]error]injected%0AINJECTED=1|<script>injected</script>-ünïcödé-日本語-🚀-\u202Egnp',
    '-rf',
    'x'.repeat(200),
  ];
  const texts = [
    '::set-output name=decision::injected',
    '::error::injected',
    '##[error]injected',
    '::add-mask::success',
    '::stop-commands::injected',
    `$(touch /nowhere) \${{ github.token }}`,
    '</td></tr><script>injected</script> | injected | `injected',
    '![injected](http://127.0.0.1:9/injected)',
  ];

  it('of branches and commits are decided on, and nothing in them is obeyed', async () => {
    const runs: RunState[] = [];
    for (const [index, name] of names().entries()) {
      const branch = `feature/${name}`;
      runs.push(
        await scene.start({
          branch,
          message: `${texts[index % texts.length]} ${index}\n\n${texts.join('\n')}`,
        }),
      );
    }
    await scene.idle();

    expect(runs.map((run) => [run.headBranch, run.conclusion])).toEqual(
      names().map((name) => [`feature/${name}`, 'success']),
    );
    expect(runs.map((run) => decisionOf(run))).toEqual(
      names().map((name) => expect.objectContaining({ branch: `feature/${name}`, branchKind: 'feature' })),
    );
    expect(readdirSync(trap)).toEqual([]);
    expect(runs.flatMap(({ jobs }) => jobs).flatMap(({ annotations }) => annotations)).toEqual([]);
    const summaries = runs.flatMap(({ jobs }) => jobs.map(({ summary }) => summary));
    expect(summaries.filter((text) => /<script|!\[injected\]\(|\| injected/u.test(text))).toEqual([]);
    expect(await repositories(scene.registry)).toEqual([]);
  });

  it('of a pull request change nothing in its run', async () => {
    const branch = `feature/$(touch\${IFS}${trap}/pull)`;
    const commit = await scene.clone.commit({ branch, from: 'develop', files: { 'app.txt': 'pulled' } });
    await scene.clone.push(branch);
    const { repository } = scene;
    const [title = '', ...body] = texts;
    await scene.ann.openPullRequest({
      repository,
      head: branch,
      base: 'develop',
      title,
      body: body.join('\n'),
    });
    const run = await scene.runOf('pull_request', commit);
    await scene.idle();

    expect(conclusions(run)).toEqual({ ...tested, 'result (pull_request)': 'success' });
    expect(readdirSync(trap)).toEqual([]);
    expect(run.jobs.flatMap(({ annotations }) => annotations)).toEqual([]);
  });

  it('of the development branch still give a tag that every registry takes', async () => {
    const development = `dev'$(touch\${IFS}${trap}/tag);é`;
    const files = {
      'headgate.yml': `branches: { development: ${JSON.stringify(development)} }\n${configuration({ application: scene.application })}`,
    };

    const run = await scene.push({ branch: development, files });

    expect(conclusions(run)).toEqual({ ...tested, 'result (push)': 'success' });
    const [image] = recordOf(scene, run).images;
    expect(new Set(await scene.registry.tags(scene.image))).toEqual(new Set(image?.tags));
    expect(image?.tags).toEqual([
      expect.stringMatching(/^0\.1\.0-dev\./u),
      expect.stringMatching(/^dev-touch-IFS-[\w.-]+-[0-9a-f]{8}$/u),
    ]);
    expect(readdirSync(trap)).toEqual([]);
  });
});
