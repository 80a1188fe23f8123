// A run that is cancelled while a RUN instruction works: what is left of it, and what it says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Beacon, createBeacon } from './beacon.js';
import { entryOf, repositories } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { configuration, dockerfile, runScript } from './tiny-application.js';
import { scenarios } from './tools.js';

const suite = await scenarios('cancel');

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
