// Whole flows with people who are not trusted: a fork that attacks, hostile names and texts, hostile build logs.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { commandForms } from '../support/command-forms.js';
import { cloneAs } from './clone.js';
import { artifacts, entryOf, recordOf, repositories } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { configuration, delivery, dockerfile, runScript } from './tiny-application.js';
import { scenarios } from './tools.js';

const suite = await scenarios('trust');
const tested = {
  decide: 'success',
  'image (app)': 'success',
  collect: 'success',
  deploy: 'skipped',
};

suite('a pull request from a fork', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ deploys: true });
    scene.giveBuildSecrets({ TOKEN: 'a token for the build' });
  });
  afterAll(() => scene.close());

  /** A job of the fork's own in the workflow file: it asks for every right and tries what it should not be able to do. */
  const attack = [
    '  attack:',
    '    runs-on: ubuntu-24.04',
    '    permissions: write-all',
    '    steps:',
    '      - env:',
    `          SECRET: \${{ secrets.BUILD_SECRETS }}\${{ secrets.DEPLOY_SECRETS }}`,
    `          TOKEN: \${{ github.token }}`,
    '        run: |',
    '          echo "secrets: [$SECRET]"',
    `          for path in deployments git/refs issues; do`,
    `            status=$(curl -s -o /dev/null -w '%{http_code}' -X POST -H "Authorization: Bearer $TOKEN" -d '{"ref":"develop","title":"t","sha":"x"}' "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$path")`,
    `            echo "$path: $status"`,
    `          done`,
  ];

  it('is built and tested without secrets, cannot write and publishes nothing', async () => {
    const fork = await scene.host.addFork(scene.repository, 'eve');
    const eve = scene.host.person('eve', { role: 'read' });
    const clone = await cloneAs(eve, fork, join(scene.directory, 'fork'));
    const commit = await clone.commit({
      branch: 'feature/gift',
      files: {
        '.github/workflows/delivery.yml': delivery('v1', attack),
        'headgate.yml': configuration({
          application: scene.application,
          deploys: true,
          image: ['    secrets: { token: { secret: TOKEN, optional: true } }'],
        }),
        Dockerfile: dockerfile({ test: [runScript("console.log('the gate ran')")] }),
      },
    });
    await clone.push('feature/gift');
    const pull = { repository: scene.repository, head: 'eve:feature/gift', base: 'develop', title: 'A gift' };
    await eve.openPullRequest(pull);
    const run = await scene.runOf('pull_request', commit);
    await scene.idle();

    expect(run.headRepository).toBe(fork);
    expect(conclusions(run)).toEqual({ ...tested, attack: 'success', 'result (pull_request)': 'success' });
    const { log } = jobOf(run, 'attack');
    for (const said of ['secrets: []', 'deployments: 403', 'git/refs: 403', 'issues: 403']) {
      expect(log).toContain(said);
    }
    const { log: build } = jobOf(run, 'image (app)');
    expect(build).toContain('the gate ran');
    expect(build).toMatch(/GITHUB_TOKEN permissions: (?!.*write)/u);
    expect(await repositories(scene.registry)).toEqual([]);
    expect(decisionOf(run)).toMatchObject({ trusted: false, publish: false, environment: null });
    expect(jobOf(run, 'decide').summary).toMatch(/No secrets and nothing published: .*fork eve/u);
    expect(recordOf(scene, run).images).toMatchObject([{ name: 'app', reference: null, tags: [] }]);
  });
});

const decisionOf = (run: RunState): unknown => JSON.parse(jobOf(run, 'decide').outputs['decision'] ?? 'null');

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
    expect(await scene.registry.tags(scene.image)).toEqual([...(image?.tags ?? [])].sort());
    expect(image?.tags).toEqual([
      expect.stringMatching(/^0\.1\.0-dev\./u),
      expect.stringMatching(/^dev-touch-IFS-[\w.-]+-[0-9a-f]{8}$/u),
    ]);
    expect(readdirSync(trap)).toEqual([]);
  });
});

suite('what a build runs and prints', () => {
  let scene: Scene;
  let records: string;
  beforeAll(async () => {
    records = mkdtempSync(join(tmpdir(), 'headgate-docker-'));
    scene = await openScene({ path: [recordingDocker(records)] });
    scene.giveBuildSecrets({ TOKEN: 'a token for the build' });
  });
  afterAll(async () => {
    await scene.close();
    rmSync(records, { recursive: true, force: true });
  });

  it('is no command to the runner, in two hundred forms, whether it succeeds or fails', async () => {
    const files = {
      'forms.txt': `${commandForms.join('\n')}\n`,
      'headgate.yml': configuration({
        application: scene.application,
        image: ['    secrets: { token: { secret: TOKEN } }'],
      }),
      Dockerfile: dockerfile({
        build: ['COPY forms.txt /forms.txt', runScript(`${printForms}; console.log('all printed')`)],
      }),
    };
    const failing = {
      ...files,
      Dockerfile: dockerfile({
        test: ['COPY forms.txt /forms.txt', runScript(`${printForms}; process.exit(4)`)],
      }),
    };

    const good = await scene.start({ branch: 'feature/forms', files });
    const bad = await scene.start({ branch: 'feature/failing-forms', files: failing });
    await scene.idle();

    expect(commandForms.length).toBeGreaterThanOrEqual(200);
    expect(conclusions(good)).toEqual({ ...tested, 'result (push)': 'success' });
    const { log, annotations, outputs } = jobOf(good, 'image (app)');
    expect(log).toContain('all printed');
    expect(log).toContain('::set-output name=a::x');
    expect(good.jobs.flatMap((job) => job.annotations)).toEqual([]);
    expect(annotations).toEqual([]);
    expect(outputs).toEqual({});
    // Our own two failures, each as a cause and as the runner's last word.
    const titles = bad.jobs.flatMap((job) => job.annotations.map(({ title = '' }) => title));
    expect(titles.filter((title) => title !== '').sort()).toEqual([
      'docker-multistage-build: gate-failed',
      'gate test failed',
      'git-flow: leg-failed',
      'git-flow: leg-failed',
    ]);
    expect(jobOf(bad, 'image (app)').log).toContain('::add-mask::x');
    expect(entryOf(scene, bad, 'images').cause?.code).toBe('gate-failed');
    expect([...artifacts(scene, good).keys()].sort()).toEqual([
      expect.stringMatching(/^headgate-entry-images-/u),
      expect.stringMatching(/^headgate-record-[0-9a-f]{16}$/u),
      expect.stringMatching(/^headgate-record-[0-9a-f]{16}-images-1$/u),
    ]);
  });

  it('sees an environment without tokens, inputs or anything of the runner', () => {
    const environments = readdirSync(records)
      .filter((name) => name.startsWith('environment-'))
      .map((name) => readFileSync(join(records, name), 'utf8').split('\0').filter(Boolean));

    const builds = environments.filter((variables) => variables.includes('RECORDED_COMMAND=buildx build'));
    expect(builds.length).toBeGreaterThanOrEqual(3);
    const names = new Set(environments.flat().map((variable) => variable.split('=', 1)[0] ?? ''));
    expect(
      [...names].filter((name) => /^(?:ACTIONS_|GITHUB_|INPUT_|STATE_|RUNNER_)|SECRET|TOKEN/u.test(name)),
    ).toEqual([]);
    expect(names).toContain('PATH');
    expect(environments.flat().join('\n')).not.toContain('a token for the build');
  });
});

const printForms = "process.stdout.write(require('node:fs').readFileSync('/forms.txt'))";

/** A folder with a `docker` that keeps the environment it was given and becomes the real one. */
function recordingDocker(records: string): string {
  const real = execFileSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim();
  const folder = join(records, 'bin');
  mkdirSync(folder);
  const script = [
    '#!/bin/sh',
    `{ env -0; printf 'RECORDED_COMMAND=%s %s\\0' "$1" "$2"; } > "${records}/environment-$$"`,
    `exec "${real}" "$@"`,
  ];
  writeFileSync(join(folder, 'docker'), `${script.join('\n')}\n`);
  chmodSync(join(folder, 'docker'), 0o755);
  return folder;
}
