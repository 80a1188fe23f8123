// The same tree again: a re-run takes the image over instead of building it, and keeps what succeeded.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryRecord } from '@headgate/kit/record';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { entryOf, recordOf } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { bundles, scenarios } from './tools.js';

const suite = await scenarios('reruns', bundles);

suite('a run of the development branch', () => {
  let scene: Scene;
  let run: RunState;
  let first: DeliveryRecord;
  beforeAll(async () => {
    scene = await openScene();
    run = await scene.push({ branch: 'develop', message: 'an image to take over' });
    first = recordOf(scene, run);
  });
  afterAll(() => scene.close());

  it('builds and publishes what nobody has built before', () => {
    expect(run.conclusion).toBe('success');
    expect(first.images).toMatchObject([{ name: 'app', reusedFrom: null }]);
    expect(jobOf(run, 'image (app)').log).toContain('Build runtime');
  });

  it('that is run again as a whole takes its own image over and says so', async () => {
    const tags = await scene.registry.tags(scene.image);

    await scene.ann.rerun({ repository: scene.repository, runId: run.id });
    await scene.idle();

    expect([run.attempt, run.conclusion]).toEqual([2, 'success']);
    const job = jobOf(run, 'image (app)');
    expect(job.attempt).toBe(2);
    expect(job.log).not.toContain('Build runtime');
    expect(job.annotations).toEqual([
      expect.objectContaining({ level: 'notice', message: expect.stringContaining('app was not rebuilt') }),
    ]);
    expect(job.summary).toMatch(new RegExp(`earlier run.*/actions/runs/${run.id}.*not rebuilt`, 'u'));
    const [image] = recordOf(scene, run).images;
    expect(image).toMatchObject({
      digest: first.images[0]?.digest,
      reusedFrom: expect.stringContaining(`/actions/runs/${run.id}`),
    });
    expect(await scene.registry.tags(scene.image)).toEqual(tags);
  });

  it('of the same tree in another commit is given the same digest under its own tag', async () => {
    const next = await scene.push({ branch: 'develop', message: 'no change at all' });

    expect(next.conclusion).toBe('success');
    const [image] = recordOf(scene, next).images;
    expect(image?.digest).toBe(first.images[0]?.digest);
    expect(image?.reusedFrom).toContain(`/actions/runs/${run.id}`);
    const own = image?.tags.find((tag) => tag.endsWith(next.headSha.slice(0, 7))) ?? '';
    expect(await scene.registry.digestOf(scene.image, own)).toBe(image?.digest);
  });

  it('of a feature branch with that tree is built all the same: it publishes nothing', async () => {
    const feature = await scene.push({ branch: 'feature/same-tree' });

    expect(recordOf(scene, feature).images).toMatchObject([{ reference: null, reusedFrom: null }]);
  });
});

suite('a run whose deployment failed', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ deploys: true });
  });
  afterAll(() => scene.close());

  it('keeps its image when its failed jobs are run again, and deploys that image', async () => {
    const socket = join(scene.directory, 'proxy.sock');
    Object.assign(scene.host.repository(scene.repository).variables, { PROXY_SOCKET: socket });
    const run = await scene.push({ branch: 'develop', message: 'to be deployed' });

    expect(conclusions(run)).toEqual({
      decide: 'success',
      'image (app)': 'success',
      collect: 'success',
      'target (web)': 'failure',
      record: 'failure',
      'result (push)': 'failure',
    });
    expect(entryOf(scene, run, 'deploy').cause?.code).toBe('proxy-unreachable');
    expect(await scene.docker.containers(scene.registry.host)).toEqual([]);
    const [built] = recordOf(scene, run).images;
    const builtBy = jobOf(run, 'image (app)');

    const [proxy] = scene.proxies.values();
    await symlink(proxy?.socket ?? '', socket);
    await scene.ann.rerun({ repository: scene.repository, runId: run.id, failedOnly: true });
    await scene.idle();

    expect([run.attempt, run.conclusion]).toEqual([2, 'success']);
    expect(conclusions(run)).toEqual({
      'target (web)': 'success',
      record: 'success',
      'result (push)': 'success',
    });
    expect(jobOf(run, 'image (app)')).toBe(builtBy);
    const record = recordOf(scene, run);
    expect(record.images).toEqual([built]);
    expect(record.deployments).toMatchObject([{ environment: 'integration', digest: built?.digest }]);
    const running = await scene.docker.containers(scene.registry.host);
    expect(running.map(({ image }) => image)).toEqual([
      `${scene.registry.host}/${scene.image}@${built?.digest}`,
    ]);
    expect(await (await fetch(proxy?.urlOf('web') ?? '')).text()).toBe('ok');
  });
});
