// Images that must not be published: a gate that fails, registries that refuse the login, the request or the tag.
import { developmentVersion } from '@headgate/configuration/version';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { entryOf, putEmptyImage, recordOf, repositories } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { dockerfile, runScript } from './tiny-application.js';
import { scenarios } from './tools.js';
import { type WatchedRegistry, watchRegistry } from './watched-registry.js';

const suite = await scenarios('images');
const failed = {
  decide: 'success',
  'image (app)': 'failure',
  collect: 'failure',
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
