// A test stage that fails in a pull request: people read why, where and what next, where they look; fixed, it says so.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { entryOf } from './leavings.js';
import { comments } from './release.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { configuration, dockerfile, runScript } from './tiny-application.js';
import { scenarios } from './tools.js';

const suite = await scenarios('feedback', ['git-flow', 'docker-multistage-build', 'notify']);
const broken = dockerfile({
  test: [
    runScript(
      "console.log('not ok 1 - the sum'); console.log('<!-- headgate-end --> @team'); process.exit(3)",
    ),
  ],
});
/** Where the RUN of the test stage stands. */
const line = broken.split('\n').findIndex((text) => text.includes('not ok 1')) + 1;

suite('a pull request whose test stage fails', () => {
  let scene: Scene;
  let number = 0;
  let failed: RunState;
  const said = async (): Promise<string> => {
    const ours = (await comments(scene, number)).filter(({ body }) =>
      body.startsWith('<!-- headgate-failures '),
    );
    expect(ours).toHaveLength(1);
    return ours[0]?.body ?? '';
  };
  const change = async (files: Readonly<Record<string, string>>): Promise<RunState> => {
    const commit = await scene.clone.commit({ branch: 'feature/sum', from: 'develop', files });
    await scene.clone.push('feature/sum');
    if (number === 0) {
      const pull = { repository: scene.repository, head: 'feature/sum', base: 'develop', title: 'A sum' };
      ({ number } = await scene.ann.openPullRequest(pull));
    }
    const run = await scene.runOf('pull_request', commit);
    await scene.idle();
    return run;
  };

  beforeAll(async () => {
    scene = await openScene();
    failed = await change({ Dockerfile: broken });
  }, 120_000);
  afterAll(() => scene.close());

  it('shows it beside the line and at the top of the failing job’s summary, with what was printed', () => {
    expect(conclusions(failed)).toMatchObject({
      'image (app)': 'failure',
      'result (pull_request)': 'failure',
    });
    const { summary, annotations } = jobOf(failed, 'image (app)');
    expect(annotations).toContainEqual(
      expect.objectContaining({
        level: 'failure',
        file: 'Dockerfile',
        line,
        title: 'docker-multistage-build: gate-failed',
      }),
    );
    expect(summary).toMatch(/^### docker\\-multistage\\-build failed\n/);
    expect(summary).toMatch(new RegExp(`/blob/[0-9a-f]{40}/Dockerfile#L${line}\\)`));
    expect(summary).toContain('not ok 1 - the sum');
    expect(entryOf(scene, failed, 'images').cause).toMatchObject({
      code: 'gate-failed',
      file: 'Dockerfile',
      line,
    });
  });

  it('tells the pull request in one comment, with the log of that job', async () => {
    const body = await said();

    expect(body).toContain('### images app failed');
    expect(body).toContain('`gate-failed`');
    expect(body).toMatch(new RegExp(`- Where: \\[Dockerfile:${line}\\]\\(http\\S+/Dockerfile#L${line}\\)`));
    expect(body).toContain('- Next: Run the failing command locally');
    expect(body).toMatch(/- Log: \[the job\]\(http\S+\/job\/\d+\)/);
    expect(body).toContain('not ok 1 - the sum');
    expect(body.match(/<!-- headgate-end -->/g)).toHaveLength(1);
  });

  it('brings the same comment up to date when headgate.yml is wrong instead', async () => {
    const text = configuration({ application: scene.application }).replace(
      'target: runtime',
      'target: runtme',
    );
    const run = await change({ Dockerfile: dockerfile(), 'headgate.yml': `${text}colour: red\n` });

    expect(conclusions(run)).toMatchObject({ decide: 'failure', 'result (pull_request)': 'failure' });
    const body = await said();
    expect(body).toMatch(/### decide failed/);
    expect(body).toMatch(/\[headgate\.yml:\d+\]\(http\S+headgate\.yml#L\d+\)/);
    expect(body).not.toContain('not ok 1');
  });

  it('says resolved when the next run passes', async () => {
    const run = await change({ 'headgate.yml': configuration({ application: scene.application }) });

    expect(run.conclusion).toBe('success');
    const body = await said();
    expect(body).toContain('**Resolved**');
    expect(body).not.toContain('### ');
  });
});

const news = [
  'notifications:',
  '  team:',
  '    type: smtp',
  '    host: { var: SMTP_HOST }',
  '    port: { var: SMTP_PORT }',
  '    from: delivery@example.com',
  '    to: [team@example.com]',
  '    on: [failed]',
  '',
].join('\n');

suite('a push whose test stage fails', () => {
  let scene: Scene;
  beforeAll(async () => {
    const files = (application: string): Readonly<Record<string, string>> => ({
      'headgate.yml': `${configuration({ application, deploys: true })}${news}`,
    });
    scene = await openScene({ deploys: true, files });
  }, 120_000);
  afterAll(() => scene.close());

  it('is told by mail with cause, place, next action and log', async () => {
    const run = await scene.push({ branch: 'develop', files: { Dockerfile: broken } });

    expect(conclusions(run)).toMatchObject({ 'image (app)': 'failure', notify: 'success' });
    const [mail] = scene.mail.mails;
    expect(mail?.subject).toMatch(/failed for integration$/);
    for (const part of [
      /^images app failed: The gate test failed, .*\(gate-failed\)$/m,
      new RegExp(`^ {2}Where: Dockerfile:${line} http\\S+/Dockerfile#L${line}$`, 'm'),
      /^ {2}Next: Run the failing command locally/m,
      /^ {2}Log: http\S+\/job\/\d+$/m,
    ])
      expect(mail?.text).toMatch(part);
  });
});
