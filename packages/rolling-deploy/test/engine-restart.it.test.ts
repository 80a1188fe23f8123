// A Docker engine that is restarted in the middle of a deployment: a real daemon, ended for real, under load.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionStart, runBundle, startBundle } from '@headgate/kit/testing/action';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputsFor } from './deploy.js';
import {
  type BuiltImage,
  buildImage,
  killLoads,
  missingTool,
  startHost,
  startLoad,
  type TestHost,
} from './host.js';
import { type LiveEngine, missingLiveEngine, startLiveEngine } from './live-engine.js';

const main = new URL('../dist/index.js', import.meta.url).pathname;
const built = existsSync(main) ? null : 'dist/ is not built (npm run build)';
const missing = missingTool() ?? missingLiveEngine() ?? built;
if (missing !== null) process.stdout.write(`engine-restart.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
/** Requests in a second. */
const rate = 200;

onHost('an engine that is restarted in the middle of a deployment', () => {
  let images: readonly BuiltImage[];
  let engine: LiveEngine;
  let host: TestHost;
  const running = (): readonly string[] =>
    host.containers().flatMap(({ name, state }) => (state === 'running' ? [name] : []));
  const start = (image: number): ActionStart => ({
    main,
    through: engine.through,
    workspace: join(host.folder, 'workspace'),
    inputs: {
      ...inputsFor(host),
      image: images[image]?.reference ?? '',
      instances: '2',
      engine: engine.address,
    },
  });

  beforeAll(async () => {
    images = ['restart-one', 'restart-two'].map(buildImage);
    engine = await startLiveEngine();
    for (const build of ['restart-one', 'restart-two']) engine.load(`headgate-test/app:${build}`);
  });
  beforeEach(async () => {
    // A daemon that begins sets its rules anew: for that moment no port leads anywhere.
    const patient = { checkInterval: 2000 };
    host = await startHost('headgate-restart-it', 6, {
      ...patient,
      engine: engine.address,
      through: engine.through,
    });
    host.writeCompose({ VERSION: 'old' });
    const { exitCode, stdout } = await runBundle(start(0));
    if (exitCode !== 0) throw new Error(stdout);
  });
  afterEach(() => {
    killLoads();
    host.close();
  });
  afterAll(() => engine.close());

  it.each([
    ['start', 'SIGKILL'],
    ['admit', 'SIGTERM'],
    ['drain', 'SIGKILL'],
  ] as const)(
    'after "done %s", by %s: it ends as if nothing had been, and nothing that was under way is cut',
    async (step, signal) => {
      const load = await startLoad(host.url, rate, engine.through);
      host.writeCompose({ VERSION: 'new' });

      const action = startBundle(start(1));
      await action.waitFor(`\ndone ${step}`);
      await engine.restart(signal);
      const { exitCode, outputs } = await action.finished;
      action.remove();

      const { failed, reasons, versions } = await load.stop();
      // For the moment in which a daemon that begins sets its rules anew no new connection finds a port: on a machine with
      // nothing else to do none is needed then, on a busy one it may last a second.
      expect(Object.keys(reasons).filter((reason) => reason !== 'status 503')).toEqual([]);
      expect(failed).toBeLessThan(rate);
      expect([exitCode, outputs.get('outcome')]).toEqual([0, 'deployed']);
      expect(outputs.get('digest')).toBe(images[1]?.digest);
      expect(versions['new']).toBeGreaterThan(0);
      expect(running()).toHaveLength(2);
      expect(host.leases()).toEqual([]);
    },
  );
});
