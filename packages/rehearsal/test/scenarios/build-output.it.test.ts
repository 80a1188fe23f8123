// What a build prints is no command to the runner, and what it is given holds nothing of the runner.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { commandForms } from '../support/command-forms.js';
import { artifacts, entryOf } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { configuration, dockerfile, runScript } from './tiny-application.js';
import { scenarios } from './tools.js';

const suite = await scenarios('build output');
const tested = {
  decide: 'success',
  'image (app)': 'success',
  collect: 'success',
  record: 'success',
};

suite('what a build runs and prints', () => {
  let scene: Scene;
  let records: string;
  beforeAll(async () => {
    records = mkdtempSync(join(tmpdir(), 'headgate-environment-'));
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
    // Our own failures, each as a cause and as the runner's last word.
    const titles = bad.jobs.flatMap((job) => job.annotations.map(({ title = '' }) => title));
    expect(titles.filter((title) => title !== '').sort()).toEqual([
      'docker-multistage-build: gate-failed',
      'git-flow: leg-failed',
      'git-flow: leg-failed',
    ]);
    expect(jobOf(bad, 'image (app)').log).toContain('::add-mask::x');
    expect(entryOf(scene, bad, 'images').cause?.code).toBe('gate-failed');
    expect([...artifacts(scene, good).keys()]).toEqual([
      expect.stringMatching(/^headgate-entry-images-/u),
      expect.stringMatching(/^headgate-record-[0-9a-f]{16}-images-1$/u),
      expect.stringMatching(/^headgate-record-[0-9a-f]{16}$/u),
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
