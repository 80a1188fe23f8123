// Whole flows around images: a gate that fails, registries that refuse, a cancel in the middle of a build.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { developmentVersion } from '@headgate/configuration/version';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Beacon, createBeacon } from './beacon.js';
import { entryOf, putEmptyImage, recordOf, repositories } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { configuration, dockerfile, runScript } from './tiny-application.js';
import { scenarios } from './tools.js';
import { type WatchedRegistry, watchRegistry } from './watched-registry.js';

const suite = await scenarios('images');
const failed = {
  decide: 'success',
  'image (app)': 'failure',
  collect: 'failure',
  deploy: 'skipped',
  'result (push)': 'failure',
};

suite('a change whose test stage fails', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene.close());

  it('publishes nothing and says where and why', async () => {
    const failing = "console.log('expected 2, got 3'); process.exit(7)";

    const run = await scene.push({
      branch: 'develop',
      files: { Dockerfile: dockerfile({ test: [runScript(failing)] }) },
    });

    expect(run.conclusion).toBe('failure');
    expect(conclusions(run)).toEqual(failed);
    expect(await repositories(scene.registry)).toEqual([]);
    const { summary, annotations } = jobOf(run, 'image (app)');
    for (const said of [
      'Image app: nothing was published',
      '`test`',
      'expected 2, got 3',
      'process.exit(7)',
    ]) {
      expect(summary).toContain(said);
    }
    expect(summary).toMatch(/Exit code \| 7 \|/u);
    expect(annotations).toContainEqual(expect.objectContaining({ file: 'Dockerfile', line: 4 }));
    expect(jobOf(run, 'result (push)').summary).toContain('images app failed: The gate test failed');
    expect(entryOf(scene, run, 'images')).toMatchObject({
      name: 'app',
      result: 'failure',
      cause: { code: 'gate-failed', message: expect.stringContaining('exit code 7') },
      parts: { tests: [{ name: 'test', outcome: 'failed' }] },
    });
    expect(recordOf(scene, run).images).toEqual([]);
  });
});

suite('a registry', () => {
  let scene: Scene;
  let watched: WatchedRegistry;
  beforeAll(async () => {
    scene = await openScene();
    watched = await watchRegistry(scene.registry.host);
    Object.assign(scene.host.repository(scene.repository).variables, { REGISTRY: watched.host });
  });
  afterAll(async () => {
    await watched.close();
    await scene.close();
  });

  it('that refuses the login is asked once, and nothing is put there', async () => {
    scene.giveBuildSecrets({}, { [watched.host]: 'not the password' });

    const run = await scene.push({ branch: 'develop', files: { 'app.txt': 'refused' } });

    expect(conclusions(run)).toEqual(failed);
    expect(await repositories(scene.registry)).toEqual([]);
    expect(watched.visits.map(({ withAccount, status }) => [withAccount, status])).toEqual([
      [false, 401],
      [true, 401],
    ]);
    const { cause } = entryOf(scene, run, 'images');
    expect(cause).toMatchObject({ code: 'registry-auth', hint: expect.stringContaining('BUILD_SECRETS') });
    expect(cause?.message).toContain(`${watched.host} refuses ${scene.image} as ${scene.registry.username}`);
    expect(jobOf(run, 'image (app)').log).not.toContain('not the password');
  });

  it('that fails twice and then answers gets the image all the same', async () => {
    scene.giveBuildSecrets({}, { [watched.host]: scene.registry.password });
    watched.fail('HEAD', 500, 2);

    const run = await scene.push({ branch: 'develop', files: { 'app.txt': 'twice' } });

    expect(run.conclusion).toBe('success');
    const [image] = recordOf(scene, run).images;
    expect(await scene.registry.digestOf(scene.image, 'develop')).toBe(image?.digest);
    expect(watched.visits.filter(({ status }) => status === 500)).toHaveLength(2);
  });

  it('that has a fixed tag at another digest keeps it, and both digests are named', async () => {
    scene.giveBuildSecrets({}, { [watched.host]: scene.registry.password });
    const commit = await scene.clone.commit({ branch: 'develop', files: { 'app.txt': 'conflict' } });
    const commits = Number(await scene.clone.git('rev-list', '--count', 'origin/master..HEAD'));
    const tag = developmentVersion([], commits, commit);
    const there = await putEmptyImage(scene.registry, scene.image, tag);
    const before = await scene.registry.digestOf(scene.image, 'develop');

    await scene.clone.push('develop');
    const run = await scene.runOf('push', commit);
    await scene.idle();

    expect(conclusions(run)).toEqual(failed);
    const { cause } = entryOf(scene, run, 'images');
    expect(cause?.code).toBe('tag-conflict');
    expect(cause?.message).toMatch(
      new RegExp(`${tag} .* names ${there}; this image is sha256:[0-9a-f]{64}`, 'u'),
    );
    expect(await scene.registry.digestOf(scene.image, tag)).toBe(there);
    expect(await scene.registry.digestOf(scene.image, 'develop')).toBe(before);
    const built = /this image is (sha256:[0-9a-f]{64})/u.exec(cause?.message ?? '')?.[1] ?? '';
    expect(await scene.registry.digestOf(scene.image, built)).toBeNull();
  });
});

suite('a run that is cancelled in the middle of a build', () => {
  let scene: Scene;
  let beacon: Beacon;
  /** Files in the job's temporary folder after all steps, before the runner removes it. */
  let left: readonly string[] | null = null;
  beforeAll(async () => {
    beacon = await createBeacon();
    scene = await openScene({
      onChange: (_run, job) => {
        if (job?.name.endsWith('image (app)') !== true || job.steps.at(-1)?.name !== 'Complete job') return;
        const folder = join(scene.directory, 'rehearsal', 'runner', 'jobs', String(job.id), '_temp');
        left ??= readdirSync(folder, { recursive: true }).map(String);
      },
    });
  });
  afterEach(() => beacon.close());
  afterAll(() => scene.close());

  it('leaves no process, no file and no tag, and says that it was cancelled', async () => {
    scene.giveBuildSecrets({ TOKEN: 'a token for the build' });
    const run = await scene.start({
      branch: 'develop',
      files: {
        'headgate.yml': configuration({
          application: scene.application,
          image: ['    network: host', '    secrets: { token: { secret: TOKEN } }'],
        }),
        Dockerfile: dockerfile({ build: [runScript(beacon.script)] }),
      },
    });
    await beacon.lit;

    await scene.ann.cancel({ repository: scene.repository, runId: run.id });
    await beacon.out;
    await scene.idle();

    expect(run.conclusion).toBe('cancelled');
    expect(conclusions(run)).toMatchObject({ 'image (app)': 'cancelled', 'result (push)': 'failure' });
    expect(await repositories(scene.registry)).toEqual([]);
    expect(processesIn(scene.directory)).toEqual([]);
    expect(left?.filter((path) => !path.startsWith('_'))).toEqual([
      expect.stringMatching(/^headgate-entry-images-/u),
    ]);
    expect(entryOf(scene, run, 'images')).toMatchObject({
      result: 'cancelled',
      cause: { code: 'cancelled' },
    });
    const result = jobOf(run, 'result (push)');
    expect(result.outputs['result']).toBe('cancelled');
    expect(result.summary).toContain('cancelled');
  });
});

/** Command lines of all processes that name a folder. */
function processesIn(directory: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(`${directory}/rehearsal/runner`) ? [line] : [];
      } catch {
        return [];
      }
    });
}
